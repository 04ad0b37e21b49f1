"""What a worker asks a child process to do, as JSON on the child's standard input."""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """One run of one pipeline, from files to files. Paths are absolute."""

    pipeline: str  # "module:function", see pipelines.py
    inputs: dict[str, str]  # name -> path
    output: str  # path of an empty folder
    options: dict[str, Any]
    parent: int  # process id of the worker

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        return cls(**json.loads(text))
