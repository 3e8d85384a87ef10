"""Print everything: `make bench-detector`, or `python -m tests.bench.detector [--brief]` (the figures of the sets only)."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.bench.detector import calibration, report, speed
from tests.bench.detector.measures import Result, results
from tests.bench.detector.trials import trials
from tests.corpus import ABROAD, AFIELD, Case, cases
from tests.elsewhere import elsewhere

PICTURE = Path("build") / "detector" / "calibration.png"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detector", description=__doc__)
    parser.add_argument("--brief", action="store_true", help="the figures of each set, and nothing else")
    brief = parser.parse_args().brief
    corpus = cases()
    sets: dict[str, Sequence[Case]] = {
        "the corpus": corpus,
        "abroad": cases(ABROAD),
        "afield": cases(AFIELD),
        "elsewhere": elsewhere(),
    }
    found = {name: results(labelled) for name, labelled in sets.items()}
    for name, part in found.items():
        _say(report.figures(name, part))
        _say(report.baselines(part))
    if not brief:
        _more(corpus, sets, found)


def _more(corpus: Sequence[Case], sets: Mapping[str, Sequence[Case]], found: Mapping[str, Sequence[Result]]) -> None:
    _say(report.slices([result for part in found.values() for result in part if "stage" in result.case.label]))
    tried = list(trials(sets))
    _say(report.trial_lines(tried))
    unseen = {
        f"{trial.weights}, {trial.tried}": trial.found
        for trial in tried
        if trial.weights in {"by hand", "fitted, pull 1"} and trial.tried == "each owner left out"
    }
    calibration.draw({**unseen, "as shipped, all sets": [r for part in found.values() for r in part]}, PICTURE)
    _say([f"\ncalibration: {PICTURE}"])
    for name, part in (*unseen.items(), *found.items()):
        points = ", ".join(f"{p.given:.2f} -> {p.real:.2f} ({p.count})" for p in calibration.bins(part))
        _say([f"  {name}: {points}"])
    _say([f"\nloading the lexicon {speed.loading_ms():.0f} ms; events a second of one core:"])
    _say(f"  {name:52s} {rate:9,.0f}" for name, rate in speed.rates(corpus))
    _say(report.errors([result for part in found.values() for result in part if "stage" in result.case.label]))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


if __name__ == "__main__":
    main()
