"""The public face of the package."""

import subprocess
import sys

import pytest

import morgana


def test_every_exported_name_is_there_and_documented() -> None:
    for name in morgana.__all__:
        value = getattr(morgana, name)
        assert name.startswith("__") or value.__doc__, name


def test_a_name_that_is_not_exported_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'portraits'"):
        _ = morgana.portraits  # type: ignore[attr-defined]


def test_the_package_is_light_until_a_name_is_used() -> None:
    code = (
        "import sys, morgana; morgana.InputError; print(*{'numpy', 'av', 'onnxruntime'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == ""
