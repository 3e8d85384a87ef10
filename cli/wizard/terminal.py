"""Asks a person on a terminal. Standard error carries the questions' surroundings, so a pipe stays clean."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from afterview.integrations.flow import Field, FieldKind, Step
from afterview.sync.text import one_line

from .browser import open_page, wait_or_paste
from .texts import Texts

_NUMBERS = {FieldKind.NUMBER, FieldKind.MINUTES}


class Terminal:
    """Renders steps with click. What was answered before is offered again when a step comes back with errors."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], Any] = {}

    def form(self, step: Step, texts: Texts) -> dict[str, Any]:
        """Ask each field."""
        self._introduce(step, texts)
        answers: dict[str, Any] = {}
        for field in step.fields:
            if words := texts.help(step, field.key):
                click.secho(_wrapped(words), dim=True)
            offered = self._before.get((step.id, field.key), field.default) if step.errors else field.default
            answers[field.key] = _ask(field, texts.label(step, field.key), offered)
            if field.kind is not FieldKind.SECRET:
                self._before[step.id, field.key] = answers[field.key]
        return answers

    def menu(self, step: Step, texts: Texts) -> str:
        """Let one option be chosen."""
        self._introduce(step, texts)
        return _choose("Which", step.options, [texts.option(step, option) for option in step.options], step.options[0])

    def show(self, step: Step, texts: Texts) -> dict[str, Any]:
        """Say what is going on; show a page's address, and open it where there is a browser."""
        self._introduce(step, texts)
        if not step.url:
            return {}
        click.echo(f"\n{one_line(step.url, 4000)}\n")
        open_page(step.url)
        if step.arrival is None:
            click.pause("Press any key when you are done there.")
            return {}
        (field,) = step.fields
        click.echo(_wrapped(texts.help(step, field.key)))
        return {field.key: wait_or_paste(step.arrival, texts.label(step, field.key))}

    def _introduce(self, step: Step, texts: Texts) -> None:
        click.echo()
        if title := texts.title(step):
            click.secho(title, bold=True)
        if words := texts.description(step):
            click.echo(_wrapped(words))
        for error in step.errors.values():  # before the first question, so that nobody answers in vain
            self._complain(texts.error(step, error))

    @staticmethod
    def _complain(sentence: str) -> None:
        click.secho(_wrapped(sentence), fg="red")


def _wrapped(words: str) -> str:
    return click.wrap_text(words, width=min(shutil.get_terminal_size().columns, 100), preserve_paragraphs=True)


def _ask(field: Field, label: str, offered: Any) -> Any:
    if field.kind is FieldKind.BOOL:
        return click.confirm(label, default=bool(offered))
    if field.kind is FieldKind.SELECT:
        return _select(field, label, offered)
    if field.kind is FieldKind.SECRET:
        return click.prompt(label, hide_input=True, default=None if field.required else "", show_default=False)
    if field.kind is FieldKind.LIST or field.multiple:
        given = _prompt(label, ", ".join(offered or ()), required=field.required, check=str)
        return [part.strip() for part in given.split(",") if part.strip()]
    if field.kind in _NUMBERS:
        return _prompt(label, offered, required=field.required, check=_number(field))
    return _prompt(label, offered or "", required=field.required, check=str).strip()


def _prompt(label: str, offered: Any, *, required: bool, check: Callable[[str], Any]) -> Any:
    """Ask once and again until there is an answer; an empty one is allowed where nothing is required."""
    default = offered if offered not in {None, ""} or required else ""
    return click.prompt(
        label, default=default or (None if required else ""), value_proc=check, show_default=bool(default)
    )


def _number(field: Field) -> Callable[[str], float | None]:
    def check(text: str) -> float | None:
        if not text and not field.required:
            return None
        value = float(text)
        low, high = field.minimum, field.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise click.BadParameter(f"It must lie between {low} and {high}.")
        return int(value) if value.is_integer() else value

    return check


def _select(field: Field, label: str, offered: Any) -> Any:
    values = [choice.value for choice in field.choices]
    labels = [one_line(choice.label) for choice in field.choices]
    if not field.multiple:
        if offered is None and not field.required and values:
            offered = values[0]  # no default was chosen for it: most people want one of them; "" would mean none
        return _choose(label, values, labels, offered if offered in values else None, required=field.required)
    chosen = [value for value in offered or () if value in values]
    return _choose_several(label, values, labels, chosen, required=field.required)


def _list(labels: Sequence[str]) -> None:
    for number, words in enumerate(labels, start=1):
        click.echo(f"  {number}) {words}")


def _choose(
    label: str, values: Sequence[str], labels: Sequence[str], offered: str | None, *, required: bool = True
) -> str:
    """Choose one by number; 0 chooses none where that is allowed."""
    if not required:
        click.echo("  0) none of these")
    _list(labels)
    numbers: Mapping[str, str] = {str(n): value for n, value in enumerate(values, start=1)} | (
        {} if required else {"0": ""}
    )
    default = next((number for number, value in numbers.items() if value == offered), None if required else "0")

    def check(text: str) -> str:
        if text.strip() not in numbers:
            raise click.BadParameter(f"Type a number up to {len(values)}.")
        return numbers[text.strip()]

    return str(click.prompt(label, default=default, value_proc=check))


def _choose_several(
    label: str, values: Sequence[str], labels: Sequence[str], offered: Sequence[str], *, required: bool
) -> list[str]:
    """Choose several by numbers with commas between them, or all of them."""
    _list(labels)
    default = ",".join(str(values.index(value) + 1) for value in offered)

    def check(text: str) -> list[str]:
        words = [word for word in text.replace(",", " ").split() if word]
        if words == ["all"]:
            return list(values)
        if not all(word.isdecimal() and 0 < int(word) <= len(values) for word in words) or (required and not words):
            raise click.BadParameter(f'Type numbers up to {len(values)} with commas between them, or "all".')
        return [values[int(word) - 1] for word in words]

    fallback = default or (None if required else "")
    chosen: list[str] = click.prompt(
        f"{label} (numbers, or all)", default=fallback, value_proc=check, show_default=bool(default)
    )
    return chosen
