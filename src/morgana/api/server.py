"""The HTTP server, which ends in an orderly way also while clients listen to what never ends by itself."""

from socket import socket

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Told to stop, it first ends the streams of events, then waits for requests in progress."""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        if isinstance(self.config.app, FastAPI):
            self.config.app.state.events.close()
        await super().shutdown(sockets)
