"""One account on a test server of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.contract.hubspot_rig import HubSpotRig


@pytest.fixture
def rig() -> Iterator[HubSpotRig]:
    made = HubSpotRig()
    yield made
    made.close()
