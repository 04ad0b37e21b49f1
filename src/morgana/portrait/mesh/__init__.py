"""The `mesh` renderer: the photo's own pixels moved by a face mesh."""
