"""Tells the service that runs on this state folder to read its configuration again, after a command has changed it."""

import os
import signal
from pathlib import Path

from afterview.sync.lock import holder

LOCK = "service"


def tell_service(state_dir: Path) -> bool:
    """Ask the running service to read the configuration again; tell whether there is one that was asked."""
    process = holder(state_dir, LOCK)
    if not process or not hasattr(signal, "SIGHUP"):
        return False
    try:
        os.kill(process, signal.SIGHUP)
    except OSError:  # it has just ended, or belongs to somebody else
        return False
    return True
