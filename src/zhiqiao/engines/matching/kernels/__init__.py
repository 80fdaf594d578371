"""Compiled loops of the engine; each works on plain arrays and knows nothing of the rest."""
