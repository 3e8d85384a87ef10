"""What the user's corrections teach about events not seen yet. Pure: facts in, `Learned` out.

A correction acts on its event, or on the whole series; then on the sender, of whom one correction makes a question and two
decide; then, half as strongly, on the sender's company; then, by little and bounded, on the weights of the rules that
spoke for or against. Whoever sends for many (public mail, services around hiring, shared calendars) says nothing about
the next event: there nothing is learned about the domain, and of services nothing at all. An undone fact teaches nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ..model import Event, Fact, Owner, Verdict
from .lexicon import Learned, Lexicon
from .parties import Side, base_address, domain_of, registrable, side_of

RATE = 0.3  # of the error of a score goes into each rule that made it
BOUND = 0.3  # of a weight is the most that all corrections together move
_FIXED = frozenset({"title_exclude", "crowd"})  # what says no by itself stays as it is
_TEACHING = frozenset({Side.OUTSIDE, Side.OWN, Side.FREE})


def lesson_of(event: Event, verdict: Verdict | None) -> dict[str, str]:
    """Tell what of an event a correction of it should remember: what a fact holds besides the answer."""
    told = {
        "series": event.uid if event.recurring or event.occurrence else "",
        "sender": base_address(event.organizer.email) if event.organizer else "",
        "rules": " ".join(reason.rule for reason in verdict.reasons) if verdict else "",
        "score": f"{verdict.score:.3f}" if verdict else "",
    }
    return {name: item for name, item in told.items() if item}


def learn(corrections: Iterable[Fact], owner: Owner, lexicon: Lexicon) -> Learned:
    """Fold the standing corrections (the latest VERDICT fact of each event) into what they teach."""
    ordered = sorted(corrections, key=lambda fact: (fact.at, fact.id, fact.subject))
    series = {fact.value["series"]: _yes(fact) for fact in ordered if fact.value.get("series")}
    once = {_occasion(fact): fact for fact in ordered}.values()
    senders: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    for fact in once:
        address, sign = fact.value.get("sender", ""), 1 if _yes(fact) else -1
        side = side_of(address, owner, lexicon)
        if address and side in _TEACHING:
            senders[address] += sign
        if address and side is Side.OUTSIDE:
            domains[registrable(domain_of(address))] += sign
    return Learned(
        events={fact.subject: _yes(fact) for fact in ordered},
        series=series,
        senders={address: count for address, count in senders.items() if count},
        domains={domain: int(count / 2) for domain, count in domains.items() if abs(count) > 1},
        steps=_steps(once, lexicon.weights.rules),
    )


def _yes(fact: Fact) -> bool:
    return fact.value.get("answer") == "yes"


def _occasion(fact: Fact) -> tuple[str, str]:
    """What was corrected at once is one correction: the occurrences of a series, the copies of an invitation."""
    return fact.value.get("sender", ""), fact.value.get("series", "") or fact.at.isoformat()


def _steps(corrections: Iterable[Fact], shipped: Mapping[str, float]) -> dict[str, float]:
    """How far each weight has moved: a logistic step for each correction, within bounds."""
    moved: dict[str, float] = defaultdict(float)
    for fact in corrections:
        step = RATE * (_yes(fact) - _score(fact))
        for rule in fact.value.get("rules", "").split():
            if rule in shipped and rule not in _FIXED:
                most = BOUND * abs(shipped[rule])
                moved[rule] = max(-most, min(most, moved[rule] + step))
    return {rule: step for rule, step in moved.items() if step}


def _score(fact: Fact) -> float:
    """Return what the event had scored; facts are kept for good, also those that another program wrote badly."""
    try:
        return min(1.0, max(0.0, float(fact.value.get("score", "0.5"))))
    except ValueError:
        return 0.5
