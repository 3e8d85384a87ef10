"""The decision: status and perspective first, then the weighed evidence, then what can be extracted."""

from collections import defaultdict
from math import exp

from ..identity import event_key
from ..model import Answer, Event, Owner, Perspective, Reason, Verdict
from .anchors import wanted_kinds
from .evidence import CROWD, Evidence, collect
from .extract import extract
from .lexicon import Learned, Lexicon, Weights
from .parties import Side, base_address, domain_of, registrable
from .perspective import View, find_perspective
from .reading import Reading, read
from .status import find_status

_KINDS = frozenset({"", "default", "fromGmail"})  # others are birthdays, focus time, places of work
_SHOWN = 4
_SENDER_MOVES = 1.6  # log-odds that one correction of a sender is worth; two switch it


def classify(event: Event, owner: Owner, lexicon: Lexicon, learned: Learned = Learned()) -> Verdict:  # noqa: B008 (frozen)
    """Decide whether an event is a job interview of the owner, and say why."""
    corrected = _corrected(event, learned)
    if corrected is None and (gate := _gate(event)):
        return _no(event, owner, lexicon, gate)
    reading = read(event, owner, lexicon)
    if corrected is None and not _anchored(reading) and not _knows(reading, learned):
        return _no(
            event, owner, lexicon, Reason("nothing", 0.0, "nothing in it points to a job interview"), reading.mark
        )
    view = find_perspective(reading)
    status = find_status(event, owner, lexicon, reading.mark)
    reasons = [*_weigh(collect(reading), lexicon.weights), *_learned(reading, learned)]
    score = 1 / (1 + exp(-(lexicon.weights.bias + sum(reason.weight for reason in reasons))))
    if corrected is not None:
        score, reasons = float(corrected), [Reason("corrected", 10.0 if corrected else -10.0, "you said so")]
        view = View(Perspective.CANDIDATE if corrected else Perspective.NONE)
    elif view.perspective is not Perspective.CANDIDATE:
        score = min(score, lexicon.weights.ask if view.doubtful else lexicon.weights.ask / 4)
        reasons.append(Reason(f"perspective_{view.perspective}", -10.0, view.words))
    answer = _answer(score, lexicon.weights)
    if answer is Answer.NO:
        side = view.perspective if view.perspective is not Perspective.CANDIDATE else Perspective.NONE
        return Verdict(answer, score, side, status, _top(reasons, -1))
    found = extract(reading)
    return Verdict(answer, score, Perspective.CANDIDATE, status, _top(reasons, 1), *found)


def _corrected(event: Event, learned: Learned) -> bool | None:
    exact = learned.events.get(event_key(event.uid, event.occurrence)) if learned.events else None
    return exact if exact is not None else learned.series.get(event.uid)


def _gate(event: Event) -> Reason | None:
    if event.kind not in _KINDS:
        return Reason("gate_kind", -10.0, f"the calendar calls it '{event.kind}'")
    if not event.title and not event.text:
        return Reason("gate_empty", -10.0, "it has neither a title nor a text")
    if len(event.attendees) > 2 * CROWD:
        return Reason("gate_crowd", -10.0, f"{len(event.attendees)} people are invited")
    return None


def _no(event: Event, owner: Owner, lexicon: Lexicon, reason: Reason, mark: str | None = None) -> Verdict:
    return Verdict(Answer.NO, 0.0, Perspective.NONE, find_status(event, owner, lexicon, mark), (reason,))


def _anchored(reading: Reading) -> bool:
    """Tell whether anything points to a job interview at all; most events end here."""
    wanted = wanted_kinds(reading.parties.side)
    if any(not wanted.isdisjoint(hit.kinds) for field in reading.fields for hit in field.hits):
        return True
    return "vendor" in wanted and (
        reading.parties.side is Side.VENDOR or any(map(reading.lexicon.vendors.kind, reading.hosts))
    )


def _knows(reading: Reading, learned: Learned) -> bool:
    return bool(_learned(reading, learned))


def _learned(reading: Reading, learned: Learned) -> list[Reason]:
    """What earlier corrections of the same sender, else of the same company's domain, are worth."""
    organizer = reading.parties.organizer
    if not organizer or not (learned.senders or learned.domains):
        return []
    address = base_address(organizer.email)
    count, whom = learned.senders.get(address, 0), address
    domain = registrable(domain_of(address))
    if not count and reading.parties.side in {Side.OUTSIDE, Side.OWN}:
        count, whom = learned.domains.get(domain, 0), domain
    if not count:
        return []
    weight = max(-2, min(2, count)) * _SENDER_MOVES
    return [
        Reason(
            "learned_sender", weight, f"you {'confirmed' if count > 0 else 'ruled out'} invitations from {whom} before"
        )
    ]


def _weigh(found: list[Evidence], weights: Weights) -> list[Reason]:
    """Give the evidence its weights. A group counts up to its cap, so that five synonyms do not count five times."""
    by_group: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in found:
        by_group[evidence.group].append(evidence)
    reasons: list[Reason] = []
    for group, members in by_group.items():
        values = [weights.rules.get(evidence.rule, 0.0) for evidence in members]
        total, cap = sum(values), weights.caps.get(group, 99.0)
        factor = cap / total if total > cap else 1.0
        reasons += [Reason(e.rule, value * factor, e.words) for e, value in zip(members, values, strict=True)]
    return reasons


def _answer(score: float, weights: Weights) -> Answer:
    if score >= weights.yes:
        return Answer.YES
    return Answer.ASK if score >= weights.ask else Answer.NO


def _top(reasons: list[Reason], sign: int) -> tuple[Reason, ...]:
    """Return the reasons that mattered most for this answer, then the strongest one against it."""
    ordered = sorted(reasons, key=lambda reason: -sign * reason.weight)
    speaking = [reason for reason in ordered if sign * reason.weight > 0][:_SHOWN]
    against = [reason for reason in ordered if sign * reason.weight < 0][-1:]
    return tuple(speaking + against) or (Reason("nothing", 0.0, "nothing in it points to a job interview"),)
