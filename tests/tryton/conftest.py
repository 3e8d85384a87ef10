"""What every test of Tryton starts from."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.accounts import MovedClock
from tests.contract.tryton_rig import TrytonRig
from tests.tryton.server import TrytonServer


@pytest.fixture
def rig(tryton: TrytonServer) -> Iterator[TrytonRig]:
    made = TrytonRig(
        tryton, clock=MovedClock(datetime.now(UTC) + timedelta(hours=1))
    )  # after whatever the server dates
    yield made
    made.close()
