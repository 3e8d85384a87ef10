"""A pytest plug-in that switches one safeguard off: `-p tests.mutants.switch`, its name in AFTERVIEW_WITHOUT."""

import os

import pytest

from tests.mutants.safeguards import SAFEGUARDS


def pytest_configure(config: pytest.Config) -> None:
    name = os.environ.get("AFTERVIEW_WITHOUT", "")
    if name:
        SAFEGUARDS[name].off()
        config.option.verbose = -1
