"""The root command."""

import click


@click.group()
@click.version_option(package_name="afterview")
def app() -> None:
    """Afterview: the follow-ups a job interview deserves, on your phone."""
