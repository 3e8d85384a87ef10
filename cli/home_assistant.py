"""`afterview home-assistant`: the component that runs inside Home Assistant, ready to be installed."""

from pathlib import Path

import click

from .options import Group
from .output import output


@click.group("home-assistant", cls=Group)
def home_assistant() -> None:
    """Make the component for Home Assistant, or install it."""


@home_assistant.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--repository", metavar="OWNER/NAME", default="", help="The GitHub repository it is published in; HACS asks for it."
)
def export(folder: Path, repository: str) -> None:
    """Write the component into DIR, as a tree and as the zip that HACS takes. Fails where Home Assistant would refuse it."""
    from afterview.integrations.home_assistant import check, package
    from afterview.sync.errors import ConfigError

    written = package.export(folder, repository)
    if problems := check.problems(folder, published=bool(repository)):
        raise ConfigError(f"The component in {folder} is not sound: {'; '.join(problems)}.")
    _say(f"Wrote {len(written)} files to {folder}.", folder, written)


@home_assistant.command()
@click.argument("config", metavar="CONFIG_DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
def install(config: Path) -> None:
    """Put the component into the configuration folder of a Home Assistant, in place of an older one."""
    from afterview.integrations.home_assistant import package

    written = package.install(config)
    restart = "Restart Home Assistant, then add the integration Afterview in its settings."
    _say(f"Installed {len(written)} files in {config}. {restart}", config, written)


def _say(words: str, folder: Path, written: list[Path]) -> None:
    out = output()
    if out.json_wanted:
        out.json({"folder": str(folder), "files": [path.relative_to(folder).as_posix() for path in written]})
    else:
        out.say(words)
