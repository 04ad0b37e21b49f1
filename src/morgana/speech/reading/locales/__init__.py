"""How each language is read aloud, as data."""
