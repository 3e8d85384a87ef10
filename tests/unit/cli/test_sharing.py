"""The key `share` of an account with an address book: read, checked, and handed to the engine."""

from pathlib import Path

import pytest

from afterview.cli.options import Options
from afterview.cli.wire import Wiring
from afterview.integrations.registry import Registry
from afterview.sync.config.schema import SHARED
from afterview.sync.errors import ConfigError
from afterview.sync.sharing import USUAL, Share
from tests.unit.cli.test_people_commands import CONFIG


def wired(tmp_path: Path, line: str) -> Wiring:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG + line, "utf-8")
    return Wiring(Options(config=path))


@pytest.mark.parametrize(
    ("line", "goes_out"),
    [("", USUAL), ("share = []", frozenset()), ('share = ["people", "advice"]', {Share.PEOPLE, Share.ADVICE})],
)
def test_what_goes_out_is_what_is_named(tmp_path: Path, line: str, goes_out: frozenset[Share]) -> None:
    terms = wired(tmp_path, line).terms()
    assert terms.share("book") == goes_out
    assert terms.share("file") == USUAL


def test_a_word_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'must be a list of "people", "companies", "applications", .*not'):
        wired(tmp_path, 'share = ["everything"]').terms()


def test_only_books_have_it() -> None:
    registry = Registry()
    assert "share" in {key.name for key in registry.account_keys("carddav")}
    assert "share" not in {key.name for key in registry.account_keys("caldav")}
    assert tuple(Share) == SHARED
