"""The weights of the neural networks: a catalogue, what is installed, and how to get the rest."""

from morgana.models.catalogue import Group, Weight, catalogue
from morgana.models.installed import is_installed, missing, names, path, present, select
from morgana.models.pulling import pull
from morgana.models.verifying import Fault, verify

__all__ = [
    "Fault",
    "Group",
    "Weight",
    "catalogue",
    "is_installed",
    "missing",
    "names",
    "path",
    "present",
    "pull",
    "select",
    "verify",
]
