"""Do the shipped weights deserve trust? Each way to weigh, measured on events that it was not fitted to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterview.sync.classify import load_lexicon
from afterview.sync.classify.lexicon import Weights
from tests.bench.detector.fit import Sample, calibrate, fit, held_out, samples, with_weights
from tests.bench.detector.measures import Result, results
from tests.corpus import Case

PULLS = (3.0, 1.0, 0.1)  # from close to the shipped weights to nearly free
Learn = Callable[[Sequence[Sample]], Weights]


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to weigh, how it was tried, and what came of it. Only `held_out` trials were judged on unseen events."""

    weights: str
    tried: str
    found: tuple[Result, ...]


def ways() -> dict[str, Learn]:
    """Name the ways to weigh."""
    shipped = load_lexicon().weights

    def fitted(pull: float) -> Learn:
        return lambda known: fit(known, shipped, pull)

    hand: dict[str, Learn] = {"by hand": lambda known: calibrate(known, shipped)}
    return hand | {f"fitted, pull {pull:g}": fitted(pull) for pull in PULLS}


def trials(sets: Mapping[str, Sequence[Case]]) -> Iterator[Trial]:
    """Try each way: cross-validated on the first set, each of its owners left out, and each whole set left out."""
    corpus = next(iter(sets.values()))
    everything = [case for cases in sets.values() for case in cases]
    home = {id(case): name for name, cases in sets.items() for case in cases}
    for name, learn in ways().items():
        yield Trial(name, "5 folds", tuple(held_out(corpus, lambda case: str(case.label["fold"]), learn)))
        yield Trial(name, "each owner left out", tuple(held_out(corpus, lambda case: case.label["owner_email"], learn)))
        for left_out, cases in sets.items():
            weights = learn(samples(case for case in everything if home[id(case)] != left_out))
            found = results(cases, with_weights(load_lexicon(), weights))
            yield Trial(name, f"without {left_out}", tuple(found))
