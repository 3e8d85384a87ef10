"""What the documents promise: every command, option, configuration key, environment variable and exit code is named."""

import re

import click

from afterview.cli.app import COMMANDS, app
from afterview.cli.options import global_options
from afterview.integrations.registry import Registry
from afterview.sync import errors
from afterview.sync.config import schema
from afterview.sync.playbook.settings import default_steps
from tests.house.source import ROOT, files

COMMANDS_PAGE = ROOT / "docs" / "commands.md"
CONFIGURATION_PAGE = ROOT / "docs" / "configuration.md"


def everything(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found += everything(inner, f"{path} {name}")
    return found


def test_every_command_and_option_is_documented() -> None:
    page = COMMANDS_PAGE.read_text("utf-8")
    shared = {name for parameter in global_options(hidden=False) for name in parameter.opts}
    context = click.Context(app)
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        for path, one in everything(command, f"afterview {name}"):
            assert path in page, path
            for option in (opt for parameter in one.params for opt in parameter.opts if opt.startswith("--")):
                assert option in page, f"{path} {option}"
    assert all(option in page for option in shared if option.startswith("--"))


def test_every_exit_code_is_documented() -> None:
    page = COMMANDS_PAGE.read_text("utf-8")
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.AfterviewError)
    ]
    codes = {kind.exit_code for kind in kinds} | {0, 1, 130}
    assert codes <= {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}


def test_every_configuration_key_is_documented() -> None:
    page = CONFIGURATION_PAGE.read_text("utf-8")
    manifests, _ = Registry(foreign=lambda: iter(())).all()
    own = [key for manifest in manifests for key in manifest.settings]
    keys = {key.name for key in (*schema.ME, *schema.SYNC, *schema.ACCOUNT, *schema.DELIVER, *schema.ANSWERS, *own)}
    missing = [name for name in sorted({*keys, *default_steps()}) if f"`{name}`" not in page]
    assert not missing


def test_every_environment_variable_is_documented() -> None:
    pages = COMMANDS_PAGE.read_text("utf-8") + CONFIGURATION_PAGE.read_text("utf-8")
    named = {name for path in files() for name in re.findall(r"(?<!_)AFTERVIEW_[A-Z_]+", path.read_text("utf-8"))}
    assert len(named) > 1
    assert not [name for name in sorted(named) if name not in pages]


def test_every_test_that_a_promise_names_is_there() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    named = {name for name in re.findall(r"`([a-z_]+/[\w/.]+)`", page) if name.partition("/")[0] in folders}
    assert len(named) > 25
    assert [name for name in sorted(named) if not (ROOT / "tests" / f"{name.removesuffix('.py')}.py").exists()] == []


def test_every_picture_is_there_described_small_and_used() -> None:
    folder = ROOT / "docs"
    used: set[str] = set()
    for page in folder.glob("*.md"):
        for words, name in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text("utf-8")):
            assert len(words) > 20, f"{page.name}: {name} is not described"
            assert (folder / name).read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), name
            used.add(name)
    sizes = {f"images/{path.name}": path.stat().st_size for path in (folder / "images").iterdir()}
    assert set(sizes) == used
    assert max(sizes.values()) <= 120_000
    assert sum(sizes.values()) <= 500_000
