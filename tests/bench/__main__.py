"""`make bench`: what afterview costs beside a bare client, the caldav library and vdirsyncer, on the same calendars.

Figures are the least of interleaved repeats of whole processes; only ratios within one run mean anything. Nothing here
fails a build: a goal that is not met is printed as such.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import place, rows, table
from tests.bench.jobs import Stand
from tests.bench.month import month


def main(arguments: list[str]) -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 events only, and fewer repeats")
    parser.add_argument("--glance", action="store_true", help="200 events, to see whether it runs at all")
    asked = parser.parse_args(arguments)
    quick = asked.quick or asked.glance
    sizes = {200: 1} if asked.glance else {2_000: 1} if quick else {2_000: 5, 20_000: 3}
    with (
        tempfile.TemporaryDirectory(prefix="afterview-bench-") as folder,
        place.prepared(Path(folder), list(sizes)) as made,
    ):
        stand = Stand(made)
        found = [*rows.reading(stand, 1 if quick else 5), *rows.starting(stand, 1 if quick else 5)]
        for size, repeats in sizes.items():
            found += rows.passes(stand, size, repeats, 40 if asked.glance else 200 if quick else 1000)
        found += rows.growth(stand)
        found += month(stand, 1 if quick else 30)
    print(table.shown(found))


if __name__ == "__main__":
    main(sys.argv[1:])
