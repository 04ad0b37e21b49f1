"""Text overlays: a film and up to a few texts become as many films, each with its text designed into it."""
