"""Puts the service into the system's service manager, and takes it out again without a trace."""

import getpass
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from afterview.sync.errors import Busy, ConfigError
from afterview.sync.lock import exclusive
from afterview.sync.text import one_line

from ..options import Options
from . import units
from .poke import LOCK
from .units import Unit

BY_HAND = "`afterview run` under a service manager of your own does the same"


def unit(chosen: Options, platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Unit:
    """Return the service for this system. Raises ConfigError where there is none."""
    home, state_dir = Path.home(), chosen.state_path().resolve()
    command = [sys.executable, "-m", "afterview.cli", "--config", str(chosen.config_path().resolve())]
    command += ["--state-dir", str(state_dir), "run"]
    path = environ.get("PATH", "")
    if any(ord(letter) < ord(" ") for letter in "".join((*command, path))):
        raise ConfigError("A path of this installation holds a line break; it cannot be started as a service.")
    if platform == "darwin":
        return units.launchd(command, path, home, state_dir, os.getuid())
    if platform == "win32":
        return units.task_scheduler(command, state_dir, getpass.getuser())
    return units.systemd(command, path, home)


def install(service: Unit) -> None:
    """Write the files and start the service; what was begun is taken back where that fails. Raises ConfigError."""
    before = {file: file.read_bytes() if file.exists() else None for file in service.files}
    try:
        for file, content in service.files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if any(before.values()):
            _tolerant(service.end[:1])  # a service of before is begun anew, not a second time
        for command in service.begin:
            _run(command)
    except OSError as error:
        _restore(before)
        raise ConfigError(f"{error.filename} cannot be written ({error.strerror}); nothing was installed.") from error
    except ConfigError as error:
        _tolerant(service.end[:1])
        _restore(before)
        _tolerant(service.end[1:])
        raise ConfigError(f"{error} Nothing was installed; {BY_HAND}.") from None


def _restore(before: Mapping[Path, bytes | None]) -> None:
    """Put back what stood in the files."""
    for file, content in before.items():
        with suppress(OSError):
            if content is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(content)


def uninstall(service: Unit) -> bool:
    """End the service and remove its files; tell whether there was one."""
    there = any(file.exists() for file in service.files)
    removing, reloading = service.end[:1], service.end[1:]
    _tolerant(removing)
    for file in service.files:
        file.unlink(missing_ok=True)
    _tolerant(reloading)
    return there


def runs(state_dir: Path) -> bool:
    """Tell whether a service works on this state folder, whoever started it."""
    if not (state_dir / LOCK).exists():
        return False
    try:
        with exclusive(state_dir, LOCK):
            return False
    except Busy:
        return True


def said(service: Unit) -> str:
    """Return what the service said last. Raises ConfigError."""
    if service.log_file is None:
        return _done(service.log).stdout
    try:
        lines = service.log_file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-100:])


def _run(command: tuple[str, ...]) -> None:
    done = _done(command)
    if done.returncode:
        words = one_line(done.stderr or done.stdout, 200)
        raise ConfigError(f"`{' '.join(command)}` failed ({words or done.returncode}).")


def _tolerant(commands: units.Commands) -> None:
    """Run what takes the service away: what is not there need not be."""
    for command in commands:
        try:
            _done(command)
        except ConfigError:
            continue


def _done(command: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    ask = partial(subprocess.run, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    try:
        return ask(command)
    except FileNotFoundError:
        raise ConfigError(f"This system has no {command[0]}.") from None
    except subprocess.TimeoutExpired:
        raise ConfigError(f"`{' '.join(command)}` did not come to an end.") from None
