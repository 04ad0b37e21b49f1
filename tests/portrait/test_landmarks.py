"""Facts of the face mesh."""

import subprocess
import sys

from mediapipe.tasks.python.vision import FaceLandmarksConnections

from morgana.portrait.landmarks import SURFACE, triangles


def test_the_triangles_are_those_of_mediapipe() -> None:
    edges = FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION
    theirs = [sorted({edge.start for edge in edges[i : i + 3]}) for i in range(0, len(edges), 3)]
    assert triangles().tolist() == theirs
    assert triangles().max() == SURFACE - 1


def test_rendering_does_not_wait_for_what_only_analysing_takes() -> None:
    slow = "{'mediapipe', 'faster_whisper', 'matplotlib'}"
    code = f"import sys, morgana.portrait; print(*{slow} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == ""
