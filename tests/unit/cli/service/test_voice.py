"""What the service says of accounts: each trouble once, its end once."""

from datetime import UTC, datetime
from io import StringIO

import pytest

from afterview.cli.service.voice import Voice
from afterview.sync.engine.report import AccountReport


@pytest.fixture
def paper() -> StringIO:
    return StringIO()


def voice(paper: StringIO) -> Voice:
    return Voice(paper, lambda: datetime(2026, 3, 2, 12, tzinfo=UTC), dated=False, as_json=False)


def failed(words: str, state: str = "waiting") -> AccountReport:
    return AccountReport("far", state=state, error=words)


def test_a_server_that_is_down_in_many_words_is_told_once_and_so_is_its_return(paper: StringIO) -> None:
    said = voice(paper)
    for words in ("HTTP 503.", "Connection refused.", "HTTP 503.", "No answer."):
        said.tell(failed(words))
    for _ in range(2):
        said.tell(AccountReport("far"))
    assert paper.getvalue() == "far: HTTP 503.\nfar: all is well again\n"


def test_what_an_earlier_service_said_is_not_said_again_but_its_end_is(paper: StringIO) -> None:
    said = voice(paper)
    said.recall("far", "waiting", "HTTP 503.")
    said.recall("home", "ok", "")
    said.tell(failed("Connection refused."))
    assert paper.getvalue() == ""
    said.tell(failed("The password is wrong.", "reauth"))
    said.tell(AccountReport("far"))
    said.tell(AccountReport("home"))
    assert paper.getvalue().splitlines() == [
        "far: The password is wrong. Run `afterview accounts reauth far`.",
        "far: all is well again",
    ]


def test_two_calendars_that_are_gone_are_two_troubles(paper: StringIO) -> None:
    said = voice(paper)
    said.tell(failed("A is gone.", "gone"))
    said.tell(failed("B is gone.", "gone"))
    assert len(paper.getvalue().splitlines()) == 2


def test_who_is_asked_about_and_what_is_not_accepted_is_not_named(paper: StringIO) -> None:
    said = voice(paper)
    for _ in range(2):
        who = ["Which of these are in Contacts already: Ana Lima? `afterview people` asks."]
        said.tell(AccountReport("far", parked=["Ana Lima: far says: no."], asked=who))
    assert "Ana" not in paper.getvalue()
    assert [line.partition(";")[2].split("`")[1] for line in paper.getvalue().splitlines()] == [
        "afterview status",
        "afterview people",
    ]
