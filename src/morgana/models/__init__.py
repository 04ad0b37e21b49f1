"""The weights of the neural networks: a catalogue, what is installed, and how to get the rest."""

from morgana.models.catalogue import Font, Group, Weight, catalogue, fonts
from morgana.models.installed import folder, is_installed, missing, names, path, present, select
from morgana.models.pulling import pull
from morgana.models.verifying import Fault, verify

__all__ = [
    "Fault",
    "Font",
    "Group",
    "Weight",
    "catalogue",
    "folder",
    "fonts",
    "is_installed",
    "missing",
    "names",
    "path",
    "present",
    "pull",
    "select",
    "verify",
]
