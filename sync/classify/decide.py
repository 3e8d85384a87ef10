"""The decision: status and perspective first, then the weighed evidence, then what can be extracted."""

from ..identity import event_key
from ..model import Answer, Event, Owner, Perspective, Reason, Verdict
from ..text import one_line
from .anchors import wanted_kinds
from .evidence import CROWD, collect
from .extract import extract
from .lexicon import Learned, Lexicon, Weights
from .parties import Side, base_address, domain_of, registrable
from .perspective import View, find_perspective
from .reading import Reading, read
from .status import find_status
from .weighing import probability, total, weigh

_KINDS = frozenset({"", "default", "fromGmail"})  # others are birthdays, focus time, places of work
_SHOWN = 4
_TEACHABLE = frozenset({Side.OUTSIDE, Side.OWN, Side.FREE})


def classify(event: Event, owner: Owner, lexicon: Lexicon, learned: Learned = Learned()) -> Verdict:  # noqa: B008 (frozen)
    """Decide whether an event is a job interview of the owner, and say why."""
    reading = read(event, owner, lexicon)
    status = find_status(event, owner, reading.mark, (reading.title, reading.text))
    corrected, lesson = _corrected(event, learned), _lesson(reading, learned)
    if corrected is None:
        if words := gate(event):
            return Verdict(Answer.NO, 0.0, Perspective.NONE, status, (Reason("gate", -10.0, words),))
        view = find_perspective(reading)
        if not (lesson[0] or anchored(reading)):
            side = view.perspective if view.perspective is Perspective.INTERVIEWER else Perspective.NONE
            return Verdict(Answer.NO, 0.0, side, status, (Reason("gate", -10.0, _nothing(view)),))
        score, reasons = _weighed(reading, view, lesson, learned)
    else:
        view = View(Perspective.CANDIDATE if corrected else Perspective.NONE)
        score, reasons = float(corrected), [Reason("corrected", 10.0 if corrected else -10.0, "you said so")]
    answer = _answer(score, lexicon.weights)
    if answer is Answer.NO:
        side = view.perspective if view.perspective is not Perspective.CANDIDATE else Perspective.NONE
        return Verdict(answer, score, side, status, _top(reasons, -1))
    return Verdict(answer, score, Perspective.CANDIDATE, status, _top(reasons, 1), *extract(reading))


def _weighed(reading: Reading, view: View, lesson: tuple[int, str], learned: Learned) -> tuple[float, list[Reason]]:
    """Return the probability and the reasons: the sum of the weights, then what stands above any sum."""
    weights = reading.lexicon.weights
    reasons = weigh(collect(reading), weights)
    weighed = total(reasons, weights)
    score = probability(weighed, weights)
    if moved := sum(learned.steps.get(reason.rule, 0.0) for reason in reasons) if learned.steps else 0.0:
        floor = weights.ask if score >= weights.ask else 0.0  # habits may raise a question, never silence one
        score = max(floor, probability(weighed + moved, weights))
        reasons.append(Reason("habit", moved, "your corrections changed what such words count"))
    if view.perspective is not Perspective.CANDIDATE:
        score = min(score, weights.ask if view.doubtful else weights.ask / 4)
        reasons.append(Reason(f"perspective_{view.perspective}", -10.0, view.words))
    count, whom = lesson
    if count:
        sure = view.perspective is Perspective.CANDIDATE and not reading.title.first("exclude")
        score = _taught(score, count, weights, sure=sure)
        words = f"you {'confirmed' if count > 0 else 'ruled out'} invitations from {whom} before"
        reasons.append(Reason("learned", 5.0 if count > 0 else -5.0, words))
    return score, reasons


def _taught(score: float, count: int, weights: Weights, *, sure: bool) -> float:
    """Move a score by earlier corrections of the sender: one makes it a question, two decide."""
    if count < 0:
        return min(score, weights.ask / 2) if count < -1 else min(score, weights.yes - 0.01)
    return max(score, weights.yes) if count > 1 and sure else max(score, weights.ask)


def _nothing(view: View) -> str:
    if view.perspective is Perspective.CANDIDATE:
        return "nothing in it points to a job interview"
    return view.words


def _corrected(event: Event, learned: Learned) -> bool | None:
    exact = learned.events.get(event_key(event.uid, event.occurrence)) if learned.events else None
    return exact if exact is not None else learned.series.get(event.uid)


def gate(event: Event) -> str:
    """Tell why an event cannot be an interview at all, or ""."""
    if event.kind not in _KINDS:
        return f"the calendar calls it '{one_line(event.kind, 40)}'"
    if not event.title and not event.text:
        return "it has neither a title nor a text"
    return f"{len(event.attendees)} people are invited" if len(event.attendees) > 2 * CROWD else ""


def anchored(reading: Reading) -> bool:
    """Tell whether anything points to a job interview at all; most events end here."""
    wanted = wanted_kinds(reading.parties.side)
    if any(not wanted.isdisjoint(hit.kinds) for field in reading.fields for hit in field.hits):
        return True
    return "vendor" in wanted and (
        reading.parties.side is Side.VENDOR or any(map(reading.lexicon.vendors.kind, reading.hosts))
    )


def _lesson(reading: Reading, learned: Learned) -> tuple[int, str]:
    """Net corrections of this sender, else of his company's domain, and whom they were about.

    Services send for many, so nothing is learned about them; nor about a public mail domain, only about an address in it.
    """
    organizer = reading.parties.organizer
    if not organizer or reading.parties.side not in _TEACHABLE:
        return 0, ""
    address = base_address(organizer.email)
    if count := learned.senders.get(address, 0):
        return count, address
    domain = registrable(domain_of(address))
    return (learned.domains.get(domain, 0), domain) if reading.parties.side is Side.OUTSIDE else (0, "")


def _answer(score: float, weights: Weights) -> Answer:
    if score >= weights.yes:
        return Answer.YES
    return Answer.ASK if score >= weights.ask else Answer.NO


def _top(reasons: list[Reason], sign: int) -> tuple[Reason, ...]:
    """Return the reasons that mattered most for this answer, then the strongest one against it."""
    ordered = sorted(reasons, key=lambda reason: -sign * reason.weight)
    speaking = [reason for reason in ordered if sign * reason.weight > 0][:_SHOWN]
    against = [reason for reason in ordered if sign * reason.weight < 0][-1:]
    return tuple(speaking + against) or (Reason("little", 0.0, "too little in it points to a job interview"),)
