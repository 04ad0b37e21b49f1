"""`python -m tests.growth.forwarding ADDRESS PORT TARGET`: what connects there is led to TARGET.

TARGET is a port of this machine, or the path of a socket. Prints `ready` once it listens.
"""

import asyncio
import sys

_BYTES = 65_536

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connected(target: str) -> Ends:
    if target.isdigit():
        return await asyncio.open_connection("127.0.0.1", int(target))
    return await asyncio.open_unix_connection(target)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(_BYTES):
            target.write(data)
            await target.drain()
    except ConnectionError:  # one of the two is gone, and so is the other
        pass
    finally:
        target.close()


async def _serve(address: str, port: int, target: str) -> None:
    async def forward(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            other, back = await _connected(target)
        except OSError:
            sink.close()
            return
        await asyncio.gather(_copy(source, back), _copy(other, sink))

    server = await asyncio.start_server(forward, address, port)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
