"""Talks to systemd (sd_notify(3)): ready, alive, reloading, stopping. Does nothing where there is no systemd."""

import os
import socket
import time
from collections.abc import MutableMapping


class Systemd:
    """The service manager that started this process, if one did."""

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        self._address = environ.pop("NOTIFY_SOCKET", "")  # not for the commands that secrets are asked from

    def ready(self, words: str) -> None:
        self._send("READY=1", f"STATUS={words}")

    def alive(self) -> None:
        """Say that we are not stuck; systemd ends a service that is silent for longer than its WatchdogSec."""
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.sendto("\n".join(lines).encode(), name)
        except OSError:
            self._address = ""  # whoever listened has gone; the service does not depend on it
