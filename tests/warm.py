"""Starts the real command quickly: a process that has imported everything forks for each start.

Each command is still a process of its own, with its own arguments, environment, folder and streams, that begins at the
command line's entry and ends as Python ends; only the half second of imports is spent once. `AFTERVIEW_COLD=1` starts
every one from nothing instead.
"""

import contextlib
import importlib
import json
import os
import pkgutil
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

ENOUGH = 1 << 20  # bytes of one request
LIBRARIES = ("caldav", "holidays", "icalendar", "niquests", "recurring_ical_events", "tomlkit", "zoneinfo")
ROOMS = ("cli", "integrations.caldav", "integrations.google", "integrations.ics", "sync")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may not do: write a file longer than so many bytes; be anybody but this user."""

    bytes: int | None = None
    user: int | None = None


class Warm:
    """The process that forks, seen from the tests."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())], env=environ, pass_fds=[theirs.fileno()]
            )
        self._line = ours

    def run(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        folder: str,
        streams: Sequence[IO[bytes]],
        limits: Limits = Limits(),
    ) -> int:
        """Run one command to its end and return its exit code; a negative one is the signal that ended it."""
        read, write = os.pipe()
        with os.fdopen(read, "rb") as result:
            order = {"arguments": arguments, "environ": dict(environ), "folder": folder, **asdict(limits)}
            told = json.dumps(order).encode()
            socket.send_fds(self._line, [told], [*(stream.fileno() for stream in streams), write])
            os.close(write)
            return int(result.read() or b"1")

    def close(self) -> None:
        self._line.close()
        self._process.wait(10)


def _serve(line: socket.socket) -> dict[str, Any] | None:
    """Fork for every request. Returns only in the process that is to become the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, fds, _, _ = socket.recv_fds(line, ENOUGH, 4)
        if not message:
            return None
        if os.fork():
            for fd in fds:
                os.close(fd)
            continue
        line.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        *streams, result = fds
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            os.write(result, str(os.waitstatus_to_exitcode(status)).encode())
            os._exit(0)
        os.close(result)
        for number, fd in enumerate(streams):
            os.dup2(fd, number)
            os.close(fd)
        return dict(json.loads(message))


def _become(told: Mapping[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(told["environ"])
    time.tzset()
    os.chdir(told["folder"])
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        errors = "backslashreplace" if name == "stderr" else "strict"
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115 -- lives as long as the process
        setattr(sys, name, stream)
    sys.argv = ["afterview", *told["arguments"]]
    if told["bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["bytes"], resource.RLIM_INFINITY))
    if told["user"] is not None:
        os.setgroups([])
        os.setgid(told["user"])
        os.setuid(told["user"])
    from afterview.cli import main

    main()


def _import_everything() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for room in ROOMS:
        package = importlib.import_module(f"afterview.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                with contextlib.suppress(ImportError):  # what is for another system
                    importlib.import_module(module.name)


if __name__ == "__main__":
    _import_everything()
    asked = _serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        _become(asked)
