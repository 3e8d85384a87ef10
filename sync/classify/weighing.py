"""From evidence to a probability: the sum of the weights, which are data (`weights.toml`), on a calibrated scale."""

from collections import defaultdict
from collections.abc import Iterable
from math import exp

from ..model import Reason
from .evidence import Evidence
from .lexicon import Weights

UNLIMITED = 99.0


def weigh(found: Iterable[Evidence], weights: Weights) -> list[Reason]:
    """Give the evidence its weights. A group counts up to its cap, so that five synonyms do not count five times."""
    by_group: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in found:
        by_group[evidence.group].append(evidence)
    reasons: list[Reason] = []
    for group, members in by_group.items():
        values = [weights.rules.get(evidence.rule, 0.0) for evidence in members]
        total, cap = sum(values), weights.caps.get(group, UNLIMITED)
        factor = cap / total if total > cap else 1.0
        reasons += [Reason(e.rule, value * factor, e.words) for e, value in zip(members, values, strict=True)]
    return reasons


def total(reasons: Iterable[Reason], weights: Weights) -> float:
    """Sum the reasons and what stands before any of them."""
    return weights.bias + sum(reason.weight for reason in reasons)


def probability(weighed: float, weights: Weights) -> float:
    """Turn a sum into a probability: how often events with such a sum were interviews."""
    return 1 / (1 + exp(-(weights.slope * weighed + weights.offset)))
