"""What is to be kept in books, one form for people, companies and applications: keys, wishes, and how it is found. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .cards import card, is_worth_a_record
from .identity import company_key
from .matching import Catalogue, Match
from .meetings import LIVE, company_name
from .model import Application, Contact, Fields, Outcome
from .stages import Stage, stage_of
from .text import one_line
from .wording import Words

_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that should have a record. `worth`: one is made where there is none."""

    keys: tuple[str, ...]
    called: str
    wanted: Fields
    worth: bool
    look: Callable[[Catalogue], Match]

    @property
    def key(self) -> str:
        return self.keys[0]


def people_subjects(people: Iterable[Contact], words: Words) -> tuple[Subject, ...]:
    """Return the people."""
    return tuple(
        Subject(
            one.keys,
            one.called,
            card(one, words),
            is_worth_a_record(one),
            lambda catalogue, one=one: catalogue.match(one),  # type: ignore[misc]  # the one of this turn
        )
        for one in people
    )


def company_subjects(applications: Iterable[Application]) -> tuple[Subject, ...]:
    """Return the companies that stand in applications."""
    found: dict[str, Application] = {}
    for one in applications:
        if one.company and _stands(one):
            found[company_name(one.company)] = one
    return tuple(_company(one.company) for _, one in sorted(found.items()))


def _company(name: str) -> Subject:
    keys = (company_key(company_name(name)),)
    wanted = {"name": (one_line(name, _LIMIT),)}
    return Subject(keys, name, wanted, worth=True, look=lambda catalogue: catalogue.match_company(keys, name))


def application_subjects(applications: Iterable[Application], moves: Mapping[str, Stage | None]) -> tuple[Subject, ...]:
    """Return the applications; `moves`: by application key, the stage that a known deal is to be moved to."""
    return tuple(_application(one, moves) for one in applications if one.company)


def _application(one: Application, moves: Mapping[str, Stage | None]) -> Subject:
    known = one.key in moves
    stage = moves[one.key] if known else stage_of(one.outcome)
    wanted: dict[str, tuple[str, ...]] = {
        "name": (one_line(", ".join(part for part in (one.company, one.role) if part), _LIMIT),),
        "company": (one_line(one.company, _LIMIT),),
    }
    if one.role:
        wanted["role"] = (one_line(one.role, _LIMIT),)
    if stage is not None:
        wanted["stage"] = (str(stage),)
    return Subject(one.keys, wanted["name"][0], wanted, _stands(one), lambda c: c.match_application(one))


def _stands(one: Application) -> bool:
    return one.outcome not in {None, Outcome.ADVANCED} or any(
        part.status in LIVE and not part.doubtful for part in one.rounds
    )
