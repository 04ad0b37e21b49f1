"""Small files that ask for much are refused, or what is true in them is read, within bounds."""

from pathlib import Path
from typing import Any

import fuzz
import pytest
from fuzz_opening import SUFFIXES

from morgana.errors import ErrorCode, InputError
from morgana.jobs.sandbox import Sandbox
from morgana.video import sound
from morgana.video.sound import read_sound
from tests.hostile.bombs import BOMBS, READ, mp3_with_texts, wav_with_notes

SECONDS = 10.0  # of processor time
REFUSED_BYTES = 64 * 2**20  # beyond what a child has anyway
READ_BYTES = 640 * 2**20  # of a picture of 40 megapixels


@pytest.fixture(scope="module")
def opened(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What became of each bomb, by its name; all of them in one child."""
    folder = tmp_path_factory.mktemp("bombs")
    inputs = {}
    for number, (name, bomb) in enumerate(BOMBS.items()):
        inputs[name] = folder / f"{number}{SUFFIXES.get(bomb.kind, '.' + bomb.kind)}"
        inputs[name].write_bytes(bomb.make())
    kinds = {"kinds": {name: bomb.kind for name, bomb in BOMBS.items()}}
    results, ending = fuzz.opened("fuzz_opening:open_given", inputs, kinds, sandbox, folder)
    assert ending is None, (ending, results[-1:])
    return {result["name"]: result for result in results}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str, opened: dict[str, dict[str, Any]]) -> None:
    result = opened[name]
    assert result["outcome"] in BOMBS[name].endings
    assert result["seconds"] < SECONDS
    assert result["bytes"] < (READ_BYTES if result["outcome"] == READ else REFUSED_BYTES)
    assert result["left"] == []


@pytest.mark.parametrize("make", [mp3_with_texts, wav_with_notes])
def test_opening_a_file_ends(make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FFmpeg compares each of these tags with all before it, which takes minutes for ten times as many."""
    path = tmp_path / "upload"
    path.write_bytes(make(20_000))
    monkeypatch.setattr(sound, "OPEN_SECONDS", 0.2)
    with pytest.raises(InputError) as caught:
        read_sound(path)
    assert caught.value.code is ErrorCode.AUDIO_UNDECODABLE
