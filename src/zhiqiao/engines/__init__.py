"""Pure algorithms: values in, results out; no Django, packs, files, network or clock."""
