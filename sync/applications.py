"""From interviews to applications: rounds at one company belong together, an outcome closes them, a later one begins anew.

Pure. Companies are compared without legal form, case and accents; interviews that name no company are joined by a shared
address (never by a name alone). `merge COMPANY INTO` joins two names for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from .history import heard_at
from .identity import application_key, plain
from .meetings import company_name
from .model import Application, Fact, Interview, Outcome

Said = Mapping[str, tuple[int, Fact]]  # subject -> the last outcome said of it, with its place in the order of all
CLOSING = frozenset({Outcome.NO, Outcome.WITHDRAWN, Outcome.ACCEPTED})
SILENCE = timedelta(days=180)  # after so long without a round, another one is a new application


@dataclass
class _Group:
    company: str
    rounds: list[Interview] = field(default_factory=list)
    emails: set[str] = field(default_factory=set)


def applications(
    interviews: Sequence[Interview], outcomes: Sequence[Fact], merged: Mapping[str, str]
) -> tuple[Application, ...]:
    """Group interviews into applications, by first round.

    `outcomes`: those in force, oldest first; `merged`: plain name of a company -> the name it goes under.
    """
    said = {fact.subject: (place, fact) for place, fact in enumerate(outcomes)}
    result: list[Application] = []
    for group in _by_company(interviews, merged):
        result += [_application(rounds, said, merged) for rounds in _split(group.rounds, said)]
    return tuple(sorted(result, key=lambda one: (one.rounds[0].starts_at, one.key)))


def under(company: str, merged: Mapping[str, str]) -> str:
    """Return the name that a company goes under after all merges."""
    seen: set[str] = set()
    while (name := plain(company)) in merged and name not in seen:
        seen.add(name)
        company = merged[name]
    return company


def _by_company(interviews: Sequence[Interview], merged: Mapping[str, str]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    nameless: list[Interview] = []
    for one in sorted(interviews, key=lambda item: (item.starts_at, item.key)):
        name = company_name(under(one.company, merged))
        if name:
            _add(groups.setdefault(name, _Group(name)), one)
        else:
            nameless.append(one)
    found = list(groups.values())
    by_email: dict[str, int] = {}  # the first of the groups in which an address stands
    for place, group in enumerate(found):
        for email in group.emails:
            by_email.setdefault(email, place)
    for one in nameless:
        emails = _emails(one)
        place = min((by_email[email] for email in emails if email in by_email), default=len(found))
        if place == len(found):
            found.append(_Group(""))
        _add(found[place], one)
        for email in emails:
            by_email[email] = min(place, by_email.get(email, place))
    return found


def _add(group: _Group, interview: Interview) -> None:
    group.rounds.append(interview)
    group.emails |= _emails(interview)


def _emails(interview: Interview) -> set[str]:
    people = (*interview.people, interview.recruiter) if interview.recruiter else interview.people
    return {person.email for person in people if person.email}


def _split(rounds: Sequence[Interview], said: Said) -> list[list[Interview]]:
    """Cut a company's rounds where an outcome or a long silence ended one application and another began."""
    parts: list[list[Interview]] = []
    for one in sorted(rounds, key=lambda item: (item.starts_at, item.key)):
        if parts and not _begins_anew(parts[-1], one, said):
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts


def _begins_anew(part: Sequence[Interview], one: Interview, said: Said) -> bool:
    if one.starts_at - max(before.ends_at for before in part) > SILENCE:
        return True
    own_keys = set(one.keys) | {application_key(key) for key in one.keys}
    last = _last_outcome(part, said)
    if last is None or last.subject in own_keys:
        return False
    return Outcome(last.value["outcome"]) in CLOSING and heard_at(last) <= one.starts_at


def _last_outcome(rounds: Sequence[Interview], said: Said) -> Fact | None:
    keys = {key for one in rounds for key in one.keys}
    keys |= {application_key(key) for key in keys}
    found = [said[key] for key in keys if key in said]
    return max(found, key=lambda item: item[0])[1] if found else None


def _application(rounds: Sequence[Interview], said: Said, merged: Mapping[str, str]) -> Application:
    last = _last_outcome(rounds, said)
    company = next((under(one.company, merged) for one in rounds if one.company), "")
    return Application(
        keys=tuple(dict.fromkeys(application_key(key) for one in rounds for key in one.keys)),
        company=company,
        role=next((one.role for one in rounds if one.role), ""),
        rounds=tuple(rounds),
        outcome=Outcome(last.value["outcome"]) if last else None,
        outcome_at=heard_at(last) if last else None,
        outcome_note=last.value.get("note", "") if last else "",
        names=tuple(dict.fromkeys(one.company for one in rounds if one.company)),
    )
