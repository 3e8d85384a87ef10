"""Read the user's own words for recognising interviews: a file in the shape of a lexicon file, checked key by key."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..classify.load import LABELS, MARKS, PLAIN, VENDORS
from ..classify.normal import cut_term, fold
from ..errors import ConfigError
from ..text import one_line
from .schema import Place, check_name

KINDS = (
    *("strong", "word", "round", "hiring", "job", "talk", "recruiter", "candidate", "applicant", "interviewer"),
    *("panelist", "internal", "exclude", "other", "cancelled_text", "tentative_text", *MARKS, *LABELS),
)
STAGES = (
    *("take_home_review", "final", "top", "panel", "technical", "recruiter_screen", "hiring_manager", "onsite"),
    *("phone_screen", "informal"),
)
TABLES: Mapping[str, Sequence[str]] = {"stage": STAGES, "vendors": (*VENDORS, *PLAIN)}
LARGEST = 2**20


def read_extra(path: Path) -> dict[str, Any]:
    """Read and check the file. Raises ConfigError."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"The lexicon {path} is larger than {LARGEST // 2**20} MiB; it must hold words, no more.")
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"The lexicon {path} (extra in [detector]) cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the file is not UTF-8 text (at byte {error.start}).") from None
    except RecursionError:
        raise ConfigError(f"{path}: the tables and lists are nested too deeply.") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}.") from None
    place = Place(str(path), "the lexicon")
    for name, value in data.items():
        check_name(place, name, (*KINDS, *TABLES))
        if name in TABLES:
            _check_table(Place(str(path), f"[{name}]"), value, TABLES[name])
        else:
            _check_terms(place, name, value)
    return data


def _check_table(place: Place, table: object, allowed: Sequence[str]) -> None:
    if not isinstance(table, dict):
        raise place.error(f"{place.table} must be a table.")
    for name, value in table.items():
        check_name(place, name, allowed)
        _check_terms(place, name, value)
        if place.table == "[vendors]":
            _check_domains(place, name, value)


def _check_terms(place: Place, name: str, value: object) -> None:
    if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise place.error(f'{place.key(name)} must be a list of texts such as ["one", "two words", "stem*"].')
    for term in _terms(value):
        words = cut_term(fold(term))
        if not any(word.strip("*") for word in words) or "**" in term:
            raise place.error(
                f'{place.key(name)} has the term "{one_line(term, 40)}", which has no letter or digit to be looked for.'
            )


def _check_domains(place: Place, name: str, value: str | list[str]) -> None:
    for term in _terms(value):
        if "." not in term.strip(".") or any(mark in term for mark in "@/* "):
            raise place.error(
                f'{place.key(name)} has "{one_line(term, 40)}"; a domain such as "jobs.example.com" is wanted.'
            )


def _terms(value: str | list[str]) -> Iterator[str]:
    yield from filter(None, map(str.strip, value.split(","))) if isinstance(value, str) else value
