"""The background service lives through the same: bad weather, kills at any request and before any write, and restarts."""

import os
from collections.abc import Iterator

import pytest

from tests.crash.checks import check
from tests.crash.figures import Figures
from tests.crash.places import Place
from tests.crash.service import ServiceLife
from tests.crash.warm import Warm

DEEP = int(os.environ.get("AFTERVIEW_DEEP", "0"))
SEEDS = range(100, 100 + max(1, DEEP // 120))
STEPS = 20 if DEEP else 8


@pytest.fixture(scope="module")
def another() -> Iterator[Warm]:
    with Warm() as process:
        yield process


@pytest.mark.parametrize("seed", SEEDS)
def test_a_service_that_is_killed_again_and_again_ends_in_the_right_place(
    place: Place, seed: int, another: Warm, figures: Figures
) -> None:
    life = ServiceLife(place, seed, another)
    try:
        life.run()
        life.start()
        life.live(STEPS)
        life.stop()
        life.rest()
        check(life)
    finally:
        life.close()
        figures.add("the service", life)
