"""The root command: which commands there are, and each one's file, imported only when it is used."""

from importlib import import_module
from typing import Any

import click

from .options import Command, global_options

SECTIONS: dict[str, dict[str, str]] = {
    "Begin": {"demo": "demo:demo", "setup": "setup:setup", "accounts": "accounts:accounts"},
    "Run": {"sync": "sync:sync", "run": "background:run", "service": "background:service"},
    "Look": {
        "status": "status:status",
        "interviews": "interviews:interviews",
        "tasks": "tasks:tasks",
        "people": "people:people",
        "companies": "companies:companies",
        "applications": "companies:applications",
        "lessons": "advice:lessons",
        "log": "log:log",
        "explain": "explain:explain",
    },
    "Answer": {
        "outcome": "outcome:outcome",
        "advice": "advice:advice",
        "paid-off": "advice:paid_off",
        "mark": "mark:mark",
        "merge": "merge:merge",
    },
    "Care": {
        "doctor": "doctor:doctor",
        "diagnostics": "diagnostics:diagnostics",
        "export": "transfer:export",
        "import": "transfer:import_",
        "forget": "forget:forget",
        "home-assistant": "home_assistant:home_assistant",
        "completion": "completion:completion",
    },
}
COMMANDS = {name: target for section in SECTIONS.values() for name, target in section.items()}


class Root(click.Group):
    """Loads a command's module when the command is asked for, and lists commands by section."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.params.extend(global_options(hidden=False))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f".{module}", __package__), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; a name that does not exist is answered with the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"; the nearest is {near[0]}" if near else ""
            ctx.fail(f"There is no command {args[0]!r}{hint}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in SECTIONS.items():
            rows = [(name, found.get_short_help_str(80)) for name in commands if (found := self.get_command(ctx, name))]
            with formatter.section(title):
                formatter.write_dl(rows, col_max=14)


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import version

        click.echo(f"afterview {version('afterview')}")
        context.exit()


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Global options may also follow the command. `afterview demo` shows everything without an account.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def app() -> None:
    """The follow-ups a job interview deserves, in the task list that is already on your phone."""


__all__ = ["COMMANDS", "Command", "app"]
