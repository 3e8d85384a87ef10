"""Sends a person to a page and waits until they are done there, on this machine or on another one."""

import os
import select
import sys
import webbrowser
from collections.abc import Mapping

import click

from afterview.integrations.flow import Arrival

TICK_S = 0.2
_LINE = 65536


def open_page(url: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Open a page where a window can be seen; over ssh or without a screen its address has been shown, that is all."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    has_screen = platform in {"darwin", "win32"} or environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    return bool(has_screen) and webbrowser.open(url)


def wait_or_paste(arrival: Arrival, label: str) -> str:
    """Wait for what arrives by itself; return the line that a person pasted instead, "" if none.

    Raises click.Abort where the input ends.
    """
    click.echo(f"{label}: ", nl=False)
    while not arrival.wait(TICK_S):
        line = _typed()
        if line:
            return line
    click.echo()
    return ""


def _typed() -> str:
    """Return a line that stands ready on standard input, past Python's own buffer so that the next prompt loses nothing."""
    if sys.platform == "win32" or not select.select([sys.stdin], [], [], 0)[0]:
        return ""
    line = os.read(sys.stdin.fileno(), _LINE)
    if not line:
        raise click.Abort
    return line.decode("utf-8", "replace").strip()
