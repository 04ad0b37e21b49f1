"""ONNX networks that also tell how long each phoneme lasts."""

from pathlib import Path

import onnxruntime

# Keys of fields in onnx.proto, as Protocol Buffers writes them: number << 3 | 2 (bytes after their length).
_MODEL_GRAPH, _GRAPH_OUTPUT, _VALUE_NAME = b"\x3a", b"\x62", b"\x0a"


def open_session(path: Path, output: str, threads: int) -> onnxruntime.InferenceSession:
    """The network in `path`, with its inner tensor `output` as one more output, the last."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        path.read_bytes() + _extra_output(output), options, providers=["CPUExecutionProvider"]
    )


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
