"""The HTTP API: one module per resource; authentication, errors, uploads and the like beside them."""

from morgana.api.app import create_app
from morgana.api.jobs import Jobs
from morgana.api.speaking import Speaker

__all__ = ["Jobs", "Speaker", "create_app"]
