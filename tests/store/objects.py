"""A real S3 server with one bucket, which can be taken away and given back."""

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

BUCKET = "morgana"
_KEYS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "secret"}
_DEADLINE = 300.0
_PORTS = ("master.port", "volume.port", "filer.port", "s3.port")


class ObjectServer:
    """SeaweedFS in one process, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        names = [*_PORTS, *(f"{name}.grpc" for name in _PORTS)]
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        self._command = [str(Path(sys.executable).parent / "weed"), f"-logdir={folder}", "server"]
        self._command += ["-filer", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        self._command += ["-master.telemetry=false", "-volume.max=4", "-master.volumeSizeLimitMB=64"]
        # Whose ports are fixed, so that a second server beside this one could not start.
        self._command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        self._command += [f"-{name}={port}" for name, port in ports.items()]
        self.start()

    def start(self) -> None:
        """Return once a blob can be written there."""
        with (self._folder / "output").open("a") as output:
            self._process = subprocess.Popen(
                self._command, env=os.environ | _KEYS, stdout=output, stderr=output
            )
        store = S3Store(
            BUCKET,
            endpoint=self.endpoint,
            access_key_id=_KEYS["AWS_ACCESS_KEY_ID"],
            secret_access_key=_KEYS["AWS_SECRET_ACCESS_KEY"],
            region="us-east-1",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=5)},
        )
        deadline = time.monotonic() + _DEADLINE
        while True:
            assert self._process.poll() is None, "the S3 server did not start"
            try:
                obstore.put(store, "ready", b"ready")
            except Exception:
                assert time.monotonic() < deadline, "the S3 server does not answer"
                time.sleep(0.1)
            else:
                obstore.delete(store, "ready")
                return

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def environment(self, prefix: str = "") -> dict[str, str]:
        """What has a server of ours keep its blobs here."""
        return {
            **_KEYS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "MORGANA_BLOBS": f"s3://{BUCKET}/{prefix}".rstrip("/"),
        }


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [int(opened.getsockname()[1]) for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports
