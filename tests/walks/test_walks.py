"""Every set-up flow, gone through on a terminal and with a file of answers; tests/home_assistant does it in a third way."""

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import tomlkit
from click.testing import CliRunner

from afterview.cli.wizard.answers import Answers
from afterview.cli.wizard.drive import drive
from afterview.cli.wizard.terminal import Terminal
from afterview.cli.wizard.texts import Texts
from afterview.integrations.flow import AccountDraft, Field, FieldKind, Purpose, Step, StepKind
from afterview.integrations.registry import Registry
from afterview.sync.errors import ConfigError, Refused
from tests.walks.services import Services, follow
from tests.walks.table import WALKS
from tests.walks.walk import Turn, Walk, lacking


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with Services() as made:
        yield made


class Person:
    """Sits at the terminal: looks at each step, then types what the walk says."""

    def __init__(self, walk: Walk, keyboard: io.FileIO, services: Services) -> None:
        self._services = services
        self._walk = walk
        self._left = list(walk.turns)
        self._keyboard = keyboard
        self._terminal = Terminal()
        self.said: list[str] = []

    def form(self, step: Step, texts: Texts) -> dict[str, Any]:
        turn = self._turn(step, texts)
        self._type(*(_typed(field, turn.answers) for field in step.fields))
        return self._terminal.form(step, texts)

    def menu(self, step: Step, texts: Texts) -> str:
        self._type(str(step.options.index(self._turn(step, texts).answers["option"]) + 1))
        return self._terminal.menu(step, texts)

    def show(self, step: Step, texts: Texts) -> dict[str, Any]:
        if (how := self._turn(step, texts).visits) in {"agrees", "refuses"}:
            follow(self._services.visit(step.url, how))
        return self._terminal.show(step, texts)

    def _turn(self, step: Step, texts: Texts) -> Turn:
        turn = self._left.pop(0)
        assert (step.id, dict(step.errors)) == (turn.step, dict(turn.errors))
        assert lacking(step, self._walk.strings) == []
        self.said += [texts.title(step), *(texts.error(step, key) for key in step.errors.values())]
        return turn

    def _type(self, *lines: str) -> None:
        self._keyboard.write("".join(f"{line}\n" for line in lines).encode())


def _typed(field: Field, answers: Mapping[str, Any]) -> str:
    """Return what is typed at the prompt of a field; nothing takes what is offered."""
    if field.key not in answers:
        return ""
    value = answers[field.key]
    if field.kind is FieldKind.BOOL:
        return "y" if value else "n"
    if field.kind is FieldKind.SELECT:
        values = [choice.value for choice in field.choices]
        return ",".join(str(values.index(one) + 1) for one in (value if field.multiple else [value]))
    return ", ".join(value) if isinstance(value, list) else str(value)


def gone(walk: Walk, services: Services) -> tuple[AccountDraft | None, str, Person]:
    """Go through a walk on a terminal; return the draft, if one came of it, the screen, and the person."""
    found: list[AccountDraft] = []
    reader, writer = os.pipe()
    with io.FileIO(writer, "w") as keyboard, os.fdopen(reader, "rb") as typed:
        person = Person(walk, keyboard, services)

        @click.command()
        def set_up() -> None:
            try:
                found.append(drive(walk.setup, walk.context, person, Texts(walk.strings)))
            except Refused as error:
                click.echo(error)

        result = CliRunner().invoke(set_up, input=typed, catch_exceptions=False)
    return (found[0] if found else None), " ".join(result.output.split()), person


@pytest.mark.parametrize("name", WALKS)
def test_a_person_at_a_terminal(name: str, services: Services) -> None:
    walk = WALKS[name](services)
    draft, screen, person = gone(walk, services)
    assert [said for said in person.said if " ".join(said.split()) not in screen] == []
    if walk.aborts:
        assert draft is None
        assert " ".join(walk.strings["setup"]["abort"][walk.aborts].split()).rstrip(".") in screen
        return
    assert draft is not None, screen
    assert {**draft.settings, **walk.settings} == dict(draft.settings)


def _file(walk: Walk, turns: tuple[Turn, ...], folder: Path) -> Answers:
    told: dict[str, Any] = {}
    for turn in turns:
        told |= {turn.step: turn.answers["option"]} if "option" in turn.answers else turn.answers
    path = folder / "answers.toml"
    path.write_text(tomlkit.dumps({"answers": told}), "utf-8")
    return Answers(path)


@pytest.mark.parametrize("name", WALKS)
def test_a_file_of_answers(name: str, services: Services, tmp_path: Path) -> None:
    walk = WALKS[name](services)
    right = tuple({turn.step: turn for turn in walk.turns}.values())  # a file answers each step once
    given = _file(walk, right, tmp_path)
    texts = Texts(walk.strings)
    if any(turn.visits for turn in walk.turns):
        with pytest.raises(ConfigError, match="wants a person to sign in with a browser"):
            drive(walk.setup, walk.context, given, texts)
    elif walk.aborts:
        with pytest.raises(Refused, match=walk.strings["setup"]["abort"][walk.aborts][:20]):
            drive(walk.setup, walk.context, given, texts)
    else:
        draft = drive(walk.setup, walk.context, given, texts)
        given.check_all_used()
        assert {**draft.settings, **walk.settings} == dict(draft.settings)


FAILING = ("caldav", "carddav", "ics", "apprise", "hubspot", "tryton", "component", "every_kind")


@pytest.mark.parametrize("name", FAILING)
def test_what_is_wrong_in_a_file_is_said_with_its_field(name: str, services: Services, tmp_path: Path) -> None:
    walk = WALKS[name](services)
    first, second = walk.turns[:2]
    (field,) = second.errors
    with pytest.raises((Refused, ConfigError), match=rf"answers\.toml: {field}: \S"):
        drive(walk.setup, walk.context, _file(walk, (first,), tmp_path), Texts(walk.strings))


def test_every_integration_is_walked_also_again_and_otherwise(services: Services) -> None:
    walked = {
        (type(walk.setup).__module__, walk.context.purpose) for walk in (make(services) for make in WALKS.values())
    }
    manifests, _ = Registry().all()
    for manifest in manifests:
        module = f"afterview.integrations.{manifest.domain}.flow"
        purposes = {purpose for name, purpose in walked if name == module}
        assert purposes >= {Purpose.USER, Purpose.REAUTH}, manifest.domain


def test_what_has_no_words_is_noticed() -> None:
    walk = WALKS["every_kind"](Services())
    step = walk.setup.start(walk.context)
    assert lacking(step, walk.strings) == []
    assert lacking(step, {"setup": {"step": {}, "error": {}}})[:2] == ["form title", "form text"]
    wrong = Step(StepKind.FORM, "form", errors={"base": "unheard"})
    assert lacking(wrong, walk.strings) == ["error unheard"]
