"""What a person means by KEY, COMPANY or PERSON, on the command line and in actions of Home Assistant.

A key may be shortened to any beginning that names one thing. A company or a person is found by name, whatever the case,
accents or legal form; a person also by address. What is ambiguous is answered with the candidates, never guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .contacts import people_of, person_keys
from .errors import ConfigError
from .identity import plain
from .ledger import Ledger
from .meetings import company_name
from .model import Application, Interview, Person
from .text import one_line
from .view import Overview, TaskView

_KEY = re.compile(r"([iapt])-[0-9a-f]{1,32}")
T = TypeVar("T")
_SHOWN = 6  # candidates in a sentence


@dataclass(frozen=True, slots=True)
class Known:
    """A person in one application. `key` is the surest of the keys."""

    key: str
    keys: tuple[str, ...]
    person: Person
    application: Application


def is_key(wanted: str) -> bool:
    """Say whether this can only be a key."""
    return bool(_KEY.fullmatch(wanted))


def application(seen: Overview, wanted: str) -> Application:
    """Find an application by its company, its own key, or the key of an interview or task of it."""
    if _KEY.fullmatch(wanted):
        return _by_key(_application_keys(seen), wanted)
    found = at_company(seen, wanted)
    if found:
        return found[-1]  # the latest: earlier ones at the same company are over
    names = sorted({one.company for one in seen.applications if one.company})
    raise _unknown("company", wanted, names, "`afterview interviews` lists what was recognised")


def at_company(seen: Overview, wanted: str) -> tuple[Application, ...]:
    """Find the applications at a company, oldest first; by its beginning where that names one company only."""
    exact = tuple(one for one in seen.applications if company_name(wanted) in _names(one))
    if exact or not plain(wanted):
        return exact
    near = [one for one in seen.applications if any(name.startswith(plain(wanted)) for name in _names(one))]
    if len({company_name(one.company) for one in near}) > 1:
        raise _ambiguous(wanted, [one.company for one in near])
    return tuple(near)


def interview(seen: Overview, wanted: str) -> Interview | None:
    """Find an interview by key; None where it is not among those recognised."""
    keys = {key: one for one in seen.interviews for key in one.keys}
    return _by_key(keys, wanted) if any(key.startswith(wanted) for key in keys) else None


def event(ledger: Ledger, wanted: str) -> str:
    """Find the key of any event that was ever read."""
    keys = {one.key: one.key for one in ledger.calendars.sightings(everything=True)}
    return _by_key(keys, wanted)


def task(seen: Overview, wanted: str) -> TaskView:
    """Find a task by key."""
    return _by_key({one.key: one for one in seen.tasks}, wanted)


def person(seen: Overview, wanted: str) -> Known | None:
    """Find a person by key, address or name; None if there is nobody. ConfigError if there are several."""
    everybody = _people(seen)
    if _KEY.fullmatch(wanted):
        return _by_key({key: one for one in everybody for key in one.keys}, wanted)
    name = plain(wanted)
    found = [one for one in everybody if name in {plain(one.person.name), plain(one.person.email)} - {""}]
    found = found or [one for one in everybody if name and name in plain(one.person.name).split()]
    if len({one.key for one in found}) > 1:
        raise _ambiguous(wanted, [_described(one) for one in found])
    return found[-1] if found else None


def _people(seen: Overview) -> list[Known]:
    known: list[Known] = []
    for one in seen.applications:
        everybody = people_of(one)
        for who in everybody:
            keys = person_keys(who, everybody, one.company)
            known.append(Known(keys[0], keys, who, one))
    return known


def _described(one: Known) -> str:
    detail = ", ".join(part for part in (one.person.email, one.application.company) if part)
    return f"{one.person.name} ({detail})" if one.person.name and detail else one.person.name or detail


def _application_keys(seen: Overview) -> dict[str, Application]:
    keys = {key: one for one in seen.applications for key in one.keys}
    keys |= {key: one for one in seen.applications for round_ in one.rounds for key in round_.keys}
    for view in seen.tasks:
        if view.application in keys:
            keys[view.key] = keys[view.application]
    return keys


def _names(one: Application) -> set[str]:
    return {company_name(name) for name in (one.company, *one.names) if name}


def _by_key(things: Mapping[str, T], wanted: str) -> T:
    found = {key: thing for key, thing in things.items() if key.startswith(wanted)}
    different = {repr(thing) for thing in found.values()}
    if not found:
        raise ConfigError(
            f"There is nothing with the key {wanted}; `afterview interviews` and `afterview tasks` list keys."
        )
    if len(different) > 1:
        raise ConfigError(f"Several keys begin with {wanted}: {_listed(sorted(found))}; type more of it.")
    return next(iter(found.values()))


def _ambiguous(wanted: str, candidates: Iterable[str]) -> ConfigError:
    named = sorted(dict.fromkeys(candidates))
    return ConfigError(f'"{one_line(wanted, 60)}" can be {_listed(named)}; say which.')


def _unknown(what: str, wanted: str, names: list[str], hint: str) -> ConfigError:
    listed = f"known: {_listed(names)}" if names else "none is known yet"
    return ConfigError(f'There is no {what} "{one_line(wanted, 60)}"; {listed}; {hint}.')


def _listed(names: list[str]) -> str:
    shown = [one_line(name, 60) for name in names[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
