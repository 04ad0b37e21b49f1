"""ONNX networks that also tell how long each phoneme lasts."""

from pathlib import Path
from typing import Any

from morgana.networks import open_network

# Keys of fields in onnx.proto, as Protocol Buffers writes them: number << 3 | 2 (bytes after their length).
_MODEL_GRAPH, _GRAPH_OUTPUT, _VALUE_NAME = b"\x3a", b"\x62", b"\x0a"


def open_session(path: Path, output: str, threads: int) -> Any:
    """The network in `path`, with its inner tensor `output` as one more output, the last."""
    return open_network(path.read_bytes() + _extra_output(output), threads)


def _extra_output(name: str) -> bytes:
    """What adds an output to a serialised ONNX model it is appended to.

    A message field that comes twice is merged: a second `graph` adds the one output it holds to the first.
    """
    value = _field(_VALUE_NAME, name.encode())
    return _field(_MODEL_GRAPH, _field(_GRAPH_OUTPUT, value))


def _field(key: bytes, content: bytes) -> bytes:
    if len(content) > 127:
        raise ValueError("a length over 127 takes more than one byte")
    return key + bytes([len(content)]) + content
