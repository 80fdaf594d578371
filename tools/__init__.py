"""Our own lint contracts and recipes, one file each."""
