"""Morgana: a self-hosted talking-head video service that speaks the Mirage Video API."""

__version__ = "0.1.0"
