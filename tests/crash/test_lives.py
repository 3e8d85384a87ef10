"""Lives on real servers, through faults on the wire and kills of the real command, and what is left at the end."""

import os

import pytest

from tests.crash.checks import check
from tests.crash.figures import Figures
from tests.crash.life import Life
from tests.crash.places import Place

DEEP = int(os.environ.get("AFTERVIEW_DEEP", "0"))
SEEDS = range(max(2, DEEP // 60))
STEPS = 20 if DEEP else 10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_life_ends_as_if_nothing_had_gone_wrong(place: Place, seed: int, figures: Figures) -> None:
    life = Life(place, seed)
    try:
        life.live(STEPS)
        life.rest()
        check(life)
    finally:
        figures.add(type(place).__name__, life)
