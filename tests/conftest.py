"""Fixtures for every test: the real servers, started once and only when a test asks for one."""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests import servers
from tests.servers import Server
from tests.tryton.server import TrytonServer, database
from tests.tryton.server import tryton as run_tryton

collect_ignore = [
    "home_assistant",
    "home_assistant_process",
]  # needs Home Assistant and its own Python; `make test` runs it there


def pytest_configure() -> None:
    """Let Hypothesis draw the same whatever else is imported: it collects constants from every module of the project."""
    providers = import_module("hypothesis.internal.conjecture.providers")
    if not os.environ.get("AFTERVIEW_DEEP") and hasattr(providers, "_get_local_constants"):
        vars(providers)["_get_local_constants"] = lambda: providers._local_constants


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server


@pytest.fixture
def radicale(radicale_server: Server) -> Iterator[Server]:
    """Radicale with an empty log and no planned faults."""
    radicale_server.gate.reset()
    yield radicale_server
    radicale_server.gate.reset()


@pytest.fixture
def xandikos(xandikos_server: Server) -> Iterator[Server]:
    """Xandikos with an empty log and no planned faults."""
    xandikos_server.gate.reset()
    yield xandikos_server
    xandikos_server.gate.reset()


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """A Tryton that every test empties for itself; the workers of one run share the making of its database."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with run_tryton(tmp_path_factory.mktemp("trytond"), database(shared / "tryton-database")) as server:
        yield server
