"""Captions: words and their times become animated text over a video."""
