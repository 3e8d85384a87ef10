"""The global options: usable before and after the command, and on every command."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


@dataclass
class Options:
    """What the global options say. One object a process, handed from command to command by click."""

    config: Path | None = None
    state_dir: Path | None = None
    json: bool = False
    verbosity: int = 0
    color: bool = True

    def config_path(self) -> Path:
        """Return the configuration file: the one asked for, else the usual one."""
        from afterview.sync.config.paths import default_config_path

        return self.config or default_config_path(os.environ, sys.platform, Path.home())

    def state_path(self) -> Path:
        """Return the folder of the ledger: the one asked for, else the usual one."""
        from afterview.sync.config.paths import default_state_dir

        return self.state_dir or default_state_dir(os.environ, sys.platform, Path.home())


def options() -> Options:
    """Return the options of the running command."""
    return click.get_current_context().ensure_object(Options)


def _take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Store an option where it was given; where it was not, an earlier one stands."""
    if not value:
        return
    chosen = context.ensure_object(Options)
    match parameter.name:
        case "config":
            chosen.config = value
        case "state_dir":
            chosen.state_dir = value
        case "json":
            chosen.json = True
        case "verbose":
            chosen.verbosity += value
        case "quiet":
            chosen.verbosity -= value
        case _:
            chosen.color = context.color = False


def _option(*names: str, hidden: bool, **attributes: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_take, hidden=hidden, **attributes)


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """Make the options anew for one command. They are shown in the help of `afterview` only."""
    path = click.Path(path_type=Path)
    return [
        _option("--config", type=path, metavar="FILE", help="The configuration file.", hidden=hidden),
        _option("--state-dir", type=path, metavar="DIR", help="The folder of the ledger.", hidden=hidden),
        _option("--json", is_flag=True, help="Print JSON.", hidden=hidden),
        _option("-v", "--verbose", count=True, help="Say more; twice for everything.", hidden=hidden),
        _option("-q", "--quiet", count=True, help="Say only what was asked for.", hidden=hidden),
        _option("--no-color", is_flag=True, help="No colour, also by NO_COLOR.", hidden=hidden),
    ]


class Command(click.Command):
    """A command with the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options(hidden=True))


class Group(click.Group):
    """A group of commands with the global options."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options(hidden=True))
