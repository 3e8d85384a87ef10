"""`afterview completion`: the script that teaches a shell our commands."""

import click

from .options import Command

LINES = {
    "bash": 'eval "$(afterview completion bash)"  # in ~/.bashrc',
    "zsh": 'eval "$(afterview completion zsh)"  # in ~/.zshrc',
    "fish": "afterview completion fish | source  # in ~/.config/fish/config.fish",
}


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(list(LINES)))
def completion(shell: str) -> None:
    """Print the completion script for a shell.

    Use it by adding one line to the shell's start file; `afterview completion bash` begins with that line.
    """
    from click.shell_completion import get_completion_class

    from .app import app

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    source = kind(app, {}, "afterview", "_AFTERVIEW_COMPLETE").source()
    click.echo(f"# {LINES[shell]}\n{source}")
