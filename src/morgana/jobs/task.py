"""What a worker asks a child process to do, as JSON on the child's standard input."""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """One pipeline, from blobs to a blob."""

    pipeline: str  # "module:function", see pipelines.py
    inputs: dict[str, str]  # name -> blob key
    output: str  # blob key
    filename: str  # what a person who downloads the output is to find it called
    options: dict[str, Any]
    folder: str  # absolute path of an empty folder that is this run's alone
    parent: int  # process id of the worker

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        return cls(**json.loads(text))
