"""Why one source of a weight could not be used."""


class SourceError(Exception):
    """One source did not deliver; the next one is tried."""
