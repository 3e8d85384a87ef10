"""The words of the follow-ups, in the user's language. Texts lie in `words/LANGUAGE.toml`, one file a language.

A text is a list of lines; a line is one sentence or a list of alternatives, of which the first is taken whose
placeholders all have a value, and none if there is no such one. So a text reads well without a name or a company.
Values come from outside: they are made safe, filled in once, and never read as a template themselves.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from .errors import ConfigError
from .history import Lesson
from .identity import plain
from .model import Outcome
from .text import one_line

LANGUAGES = ("en", "de", "fr", "es")
PLACEHOLDERS = ("company", "date", "due", "people", "person", "role")  # what an own step may name
VALUE_LIMIT = 80
NOTE_LIMIT = 300
_LONG = frozenset({"people", "event", "reason"})
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_SEPARATOR = re.compile(r"\s*[,.:;!(–—-]")
_LESSONS = "{lessons}"

Line = str | list[str]


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `table` is its file as read."""

    language: str
    table: Mapping[str, Any]

    @classmethod
    def load(cls, language: str) -> "Words":
        """Return the words of a language ("de", also "de-AT"); ConfigError names those there are."""
        base = language.replace("_", "-").split("-")[0].lower()
        if base not in LANGUAGES:
            raise ConfigError(f'There are no texts in the language "{language}"; there are {", ".join(LANGUAGES)}.')
        return cls(base, _read(base))

    def title(self, step: str, values: Mapping[str, str]) -> str:
        """Return the title of a step's task, one safe line."""
        return one_line(_pick(self.table["steps"][step]["title"], _safe(values)) or "")

    def block(self, step: str, values: Mapping[str, str], lessons: Sequence[Lesson] = (), *, over: bool = False) -> str:
        """Return our text for the notes of a step's task; `over`: the application has come to nothing."""
        texts = self.table["steps"][step]
        return self._text(texts["text_over"] if over and "text_over" in texts else texts["text"], values, lessons)

    def notice(self, name: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Return title and text of a notice: `deletions_held`, `unreachable`, `withdrawn` or `test_ring`."""
        notice = self.table["notices"][name]
        return one_line(_pick(notice["title"], _safe(values)) or ""), self._text(notice["text"], values, ())

    def phrase(self, section: str, name: str, values: Mapping[str, str] | None = None) -> str:
        """Return one of the short texts in `push`, `answers` or `brief`."""
        return _pick(self.table[section][name], _safe(values or {})) or ""

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        """Fill in a text of the user's own; what is not known becomes a common word or nothing."""
        known = dict(self.table["fallback"]) | _safe(values)
        lines = _PLACEHOLDER.sub(lambda match: known.get(match[1], ""), template).split("\n")
        return "\n".join(re.sub(r"[ \t]{2,}", " ", line).strip() for line in lines).strip()

    def when(self, local: datetime) -> str:
        """Return a day and time in words, such as "Tuesday, 24 November, 16:00"; `local` is in the reader's zone."""
        return self._dated(self.table["when"], local.date(), f"{local:%H:%M}")

    def on(self, day: date) -> str:
        """Return a day in words."""
        return self._dated(self.table["on"], day, "")

    def _dated(self, pattern: str, day: date, time: str) -> str:
        number = str(self.table.get("first_day", day.day) if day.day == 1 else day.day)
        names = {
            "weekday": self.table["weekdays"][day.weekday()],
            "month": self.table["months"][day.month - 1],
            "day": number,
            "time": time,
        }
        return _PLACEHOLDER.sub(lambda match: names[match[1]], pattern)

    def _text(self, lines: Sequence[Line], values: Mapping[str, str], lessons: Sequence[Lesson]) -> str:
        safe = _safe(values)
        written: list[str] = []
        for line in lines:
            if line == _LESSONS:
                written += (self.lesson(lesson) for lesson in lessons)
            elif (sentence := _pick([line] if isinstance(line, str) else line, safe)) is not None:
                written.append(sentence)
        return "\n".join(written)

    def lesson(self, lesson: Lesson) -> str:
        """Return one lesson and whom it comes from, in a line."""
        who = ", ".join(filter(None, (one_line(name, VALUE_LIMIT) for name in (lesson.person, lesson.company))))
        note = one_line(lesson.note, NOTE_LIMIT)
        return f"- {note} ({who})" if who else f"- {note}"


def outcome_word(first_line: str) -> Outcome | None:
    """Read the outcome that the first line of the notes names, in any language; None if it names none.

    The word must stand alone or before a comma, colon or the like: "next" counts, "next week they call" does not.
    """
    line = plain(one_line(first_line)).strip("\"'“”„«»*- ")
    found = max((w for w in _outcome_words() if _begins(line, w)), key=len, default=None)
    return _outcome_words()[found] if found else None


def _begins(line: str, word: str) -> bool:
    return line.startswith(word) and (line == word or _SEPARATOR.match(line, len(word)) is not None)


@cache
def _outcome_words() -> Mapping[str, Outcome]:
    found: dict[str, Outcome] = {}
    for language in LANGUAGES:
        for outcome, words in _read(language)["outcomes"].items():
            found.update({plain(word): Outcome(outcome) for word in words})
    return found


@cache
def _read(language: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words").joinpath(f"{language}.toml").read_text("utf-8"))


def _safe(values: Mapping[str, str]) -> dict[str, str]:
    return {name: safe for name, value in values.items() if (safe := _cleaned(value, name in _LONG))}


@lru_cache(maxsize=4096)
def _cleaned(value: str, long: bool) -> str:
    return one_line(value, VALUE_LIMIT * 3 if long else VALUE_LIMIT)


def _pick(alternatives: Iterable[str], values: Mapping[str, str]) -> str | None:
    """Return the first alternative that can be filled in completely."""
    for alternative in alternatives:
        if all(name in values for name in _PLACEHOLDER.findall(alternative)):
            return _PLACEHOLDER.sub(lambda match: values[match[1]], alternative)
    return None
