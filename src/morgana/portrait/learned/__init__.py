"""The `learned` renderer: the mesh renderer with a mouth interior that a network makes."""
