"""A real worker whose pipelines can be told what to do: `python -m tests.chaos.worker`.

`--cheap`: no job is real, not even that of the demo actor.
"""

import sys

from morgana import logs
from morgana.jobs import worker
from tests.chaos.acts import CHEAP, PIPELINES

if __name__ == "__main__":
    logs.configure()
    worker.run(CHEAP if "--cheap" in sys.argv else PIPELINES, warm_up=None)
