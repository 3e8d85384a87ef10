"""Fit weights to labelled events, to compare them with those that ship. Nothing of this is shipped.

The model is the detector's own: a sum of weights with capped groups. `pull` says how strongly each weight is held to the
shipped one; without it the few events that carry a rare rule would decide alone. Solved weight by weight (Newton).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

from afterview.sync.classify import load_lexicon
from afterview.sync.classify.decide import anchored, gate
from afterview.sync.classify.evidence import collect
from afterview.sync.classify.lexicon import Lexicon, Weights
from afterview.sync.classify.perspective import find_perspective
from afterview.sync.classify.reading import read
from afterview.sync.classify.weighing import UNLIMITED
from afterview.sync.model import Perspective
from tests.bench.detector.measures import Result, results
from tests.corpus import Case

ROUNDS = 40
Split = Callable[[Case], str]  # the part of the events that a case belongs to


@dataclass(frozen=True, slots=True)
class Sample:
    """An event whose answer the weights decide: rules that fired with their group, and whether it is an interview."""

    fired: tuple[tuple[str, str], ...]
    wanted: bool

    def total(self, weights: Weights) -> tuple[float, Mapping[str, float]]:
        """Sum as the detector does; also what each group comes to before its cap."""
        groups: dict[str, float] = defaultdict(float)
        for rule, group in self.fired:
            groups[group] += weights.rules[rule]
        capped = sum(min(value, weights.caps.get(group, UNLIMITED)) for group, value in groups.items())
        return weights.bias + capped, groups


def samples(cases: Iterable[Case]) -> list[Sample]:
    """Read the events that get as far as the weights: neither gated nor from another side of the table."""
    lexicon = load_lexicon()
    found: list[Sample] = []
    for case in cases:
        reading = read(case.event, case.owner, lexicon)
        if gate(case.event) or not anchored(reading):
            continue
        if find_perspective(reading).perspective is Perspective.CANDIDATE:
            fired = tuple((e.rule, e.group) for e in collect(reading) if e.rule in lexicon.weights.rules)
            found.append(Sample(fired, bool(case.label["is_interview"])))
    return found


def fit(known: Sequence[Sample], shipped: Weights, pull: float) -> Weights:
    """Fit all weights and the bias."""
    weights = replace(shipped, slope=1.0, offset=0.0)
    carrying: dict[str, list[Sample]] = {"": list(known)}
    for sample in known:
        for rule, _ in sample.fired:
            carrying.setdefault(rule, []).append(sample)
    for _ in range(ROUNDS):
        for rule, concerned in carrying.items():
            step = _newton_step(rule, concerned, weights, shipped, pull)
            if rule:
                weights = replace(weights, rules={**weights.rules, rule: weights.rules[rule] - step})
            else:
                weights = replace(weights, bias=weights.bias - step)
    return weights


def _newton_step(rule: str, concerned: Sequence[Sample], weights: Weights, shipped: Weights, pull: float) -> float:
    """How far one weight (or, for "", the bias) has to go; damped, for a cap makes a kink."""
    moved = weights.rules[rule] - shipped.rules[rule] if rule else weights.bias - shipped.bias
    slope, bend = 2 * pull * moved, 2 * pull
    for sample in concerned:
        group = next((group for name, group in sample.fired if name == rule), "")
        value, groups = sample.total(weights)
        if rule and groups[group] > weights.caps.get(group, UNLIMITED):
            continue
        chance = _logistic(value)
        slope += chance - sample.wanted
        bend += chance * (1 - chance)
    return 0.7 * slope / bend


def calibrate(known: Sequence[Sample], weights: Weights) -> Weights:
    """Fit slope and offset alone (Platt): the scale on which a sum becomes a probability."""
    points = [(sample.total(weights)[0], sample.wanted) for sample in known]
    slope, offset = 1.0, 0.0
    for _ in range(ROUNDS):
        first, second, b11, b12, b22 = 0.0, 0.0, 1e-6, 0.0, 1e-6
        for value, wanted in points:
            chance = _logistic(slope * value + offset)
            wrong, bend = chance - wanted, chance * (1 - chance)
            first, second = first + wrong * value, second + wrong
            b11, b12, b22 = b11 + bend * value * value, b12 + bend * value, b22 + bend
        area = b11 * b22 - b12 * b12
        slope -= (b22 * first - b12 * second) / area
        offset -= (b11 * second - b12 * first) / area
    return replace(weights, slope=slope, offset=offset)


def held_out(cases: Sequence[Case], split: Split, learn: Callable[[Sequence[Sample]], Weights]) -> list[Result]:
    """Classify each part with weights that were learned on the others."""
    lexicon = load_lexicon()
    found: list[Result] = []
    for part in sorted({split(case) for case in cases}):
        weights = learn(samples(case for case in cases if split(case) != part))
        found += results([case for case in cases if split(case) == part], with_weights(lexicon, weights))
    return found


def with_weights(lexicon: Lexicon, weights: Weights) -> Lexicon:
    """Return a lexicon that weighs differently."""
    return replace(lexicon, weights=weights)


def log_loss(found: Sequence[Result]) -> float:
    """How surprised the scores are by the labels; below 1 in 1,000 nobody is asked to be surer."""
    chances = [r.verdict.score if r.wanted else 1 - r.verdict.score for r in found]
    return -sum(log(max(chance, 1e-3)) for chance in chances) / len(chances)


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))
