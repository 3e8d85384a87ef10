"""Events a second of one core: through `classify` alone, and from the bytes of a file to a verdict."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from afterview.integrations.ical.read import Place, read
from afterview.integrations.ical.scan import look
from afterview.sync.classify import classify, first_look, load_lexicon
from afterview.sync.ports import Window
from tests.corpus import Case

REPEATS = 5
_DAYS = timedelta(days=3)


def rates(corpus: Sequence[Case]) -> Iterator[tuple[str, float]]:
    """Yield what was timed and its rate, the best of a few repeats."""
    kinds = {
        "all events": corpus,
        "interviews": [case for case in corpus if case.label["is_interview"]],
        "others": [case for case in corpus if not case.label["is_interview"]],
    }
    lexicon = load_lexicon()

    def classified(case: Case) -> object:
        return classify(case.event, case.owner, lexicon)

    def looked_at(case: Case) -> object:
        return first_look(case.glance, case.owner, lexicon)

    def parsed_too(case: Case) -> object:
        near = Window(case.event.starts_at - _DAYS, case.event.starts_at + _DAYS)
        return [classify(event, case.owner, lexicon) for event in read(case.glance.raw, Place("", "", "", "UTC"), near)]

    def as_in_a_pass(case: Case) -> object:
        return parsed_too(case) if first_look(look(case.glance.raw).glance, case.owner, lexicon) else None

    for kind, cases in kinds.items():
        calendars = [case for case in cases if case.file.endswith(".ics")]
        yield f"classify alone, {kind}", _rate(classified, cases)
        yield f"the first look alone, {kind}", _rate(looked_at, cases)
        yield f"parse and classify (.ics), {kind}", _rate(parsed_too, calendars)
        yield f"first look, parse, classify (.ics), {kind}", _rate(as_in_a_pass, calendars)


def loading_ms() -> float:
    """How long building a lexicon takes, with a term of the user's own so that nothing is remembered."""
    start = time.process_time()
    load_lexicon({"word": ["a term of the user's own"]})
    return 1000 * (time.process_time() - start)


def _rate(run: Callable[[Case], object], cases: Sequence[Case]) -> float:
    return max(len(cases) / _timed(run, cases) for _ in range(REPEATS))


def _timed(run: Callable[[Case], object], cases: Sequence[Case]) -> float:
    start = time.process_time()
    for case in cases:
        run(case)
    return time.process_time() - start
