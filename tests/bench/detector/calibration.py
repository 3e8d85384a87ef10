"""Does a score of 70 % mean seven interviews in ten? A picture, and the same as lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.bench.detector.measures import Result

EDGES = (0.0, 0.05, 0.2, 0.44, 0.67, 0.89, 0.97, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Events with about the same score: how many, what they were given on average, and how many were interviews."""

    count: int
    given: float
    real: float


def bins(found: Sequence[Result]) -> Iterator[Bin]:
    """Sort results by score; empty bins are left out."""
    for low, high in pairwise(EDGES):
        inside = [r for r in found if low <= r.verdict.score < high or (high == r.verdict.score == 1.0)]
        if inside:
            given = sum(r.verdict.score for r in inside) / len(inside)
            yield Bin(len(inside), given, sum(r.wanted for r in inside) / len(inside))


def draw(found: Mapping[str, Sequence[Result]], path: Path) -> None:
    """Write the picture as a PNG: a curve for each set of results, and below it how many events there are."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.use("agg")
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], color="grey", linestyle="--", label="perfect")
    for name, results in found.items():
        points = list(bins(results))
        above.plot([p.given for p in points], [p.real for p in points], marker="o", label=name)
        below.hist([r.verdict.score for r in results], bins=20, range=(0, 1), histtype="step")
    above.set_ylabel("share that were interviews")
    above.legend(loc="upper left")
    above.set_title("What a score means, on events the scale was not fitted to")
    below.set_yscale("log")
    below.set_ylabel("events")
    below.set_xlabel("score")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
