"""What a worker asks a child process to do, as JSON on the child's standard input."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from morgana.jobs.sandbox.confinement import Confinement


@dataclass(frozen=True)
class Task:
    """One run of one pipeline, from files to files. Paths are absolute."""

    pipeline: str  # "module:function", see pipelines.py
    inputs: dict[str, str]  # name -> path
    output: str  # path of an empty folder
    options: dict[str, Any]
    parent: int  # process id of the worker, as the child sees it
    confinement: Confinement | None = None  # what the child is to take from itself, if anything

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        fields = json.loads(text)
        if (confinement := fields.pop("confinement")) is not None:
            fields["confinement"] = Confinement(**confinement)
        return cls(**fields)
