"""The decision table of `compare`, row by row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterview.sync.actions import Create, Keep, Update, Withdraw
from afterview.sync.compare import decide, mark
from afterview.sync.history import History, fold
from afterview.sync.model import Fact, FactKind, FollowUp, Row, Standing, TaskFields, TaskStatus

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
LATE = NOW + timedelta(minutes=3)
DUE = NOW + timedelta(hours=20)
RING = NOW + timedelta(hours=4)
WANTED = FollowUp(("t-1", "t-2"), "thank_you", "Thank Ana", "Three lines\nof our\nown", DUE, RING, context="ctx")
FIELDS = TaskFields(title="Thank Ana", notes=WANTED.block, due_at=DUE, ring_at=RING, context="ctx")
ROW = Row("t-1", "home", "Interviews", "/t-1.ics", FIELDS, '"1"', block=WANTED.block)
WITHDRAWN = replace(WANTED, standing=Standing.WITHDRAWN, reason="the interview was cancelled")
FILED = replace(WANTED, standing=Standing.FILED)


def _history(kind: FactKind | None = None, key: str = "t-1", **value: str) -> History:
    return fold([Fact(kind, key, NOW, "phone:home", value)] if kind else [])


def _row(status: TaskStatus = TaskStatus.OPEN, *, called_for: bool = True, **fields: object) -> Row:
    base = replace(FIELDS, status=status, **fields)  # type: ignore[arg-type]  # test shorthand
    return replace(ROW, base=base, called_for=called_for)


def _decide(follow_up: FollowUp | None, row: Row | None, history: History | None = None) -> object:
    return decide(follow_up, row, history or History(), NOW, LATE)


@pytest.mark.parametrize("follow_up", [None, WITHDRAWN])
def test_what_this_ledger_never_called_for_is_kept(follow_up: FollowUp | None) -> None:
    assert _decide(follow_up, _row(called_for=False)) == Keep("t-1")


@pytest.mark.parametrize("follow_up", [None, WITHDRAWN])
def test_an_untouched_task_without_reason_goes(follow_up: FollowUp | None) -> None:
    assert isinstance(_decide(follow_up, _row()), Withdraw)


@pytest.mark.parametrize("follow_up", [None, WITHDRAWN])
@pytest.mark.parametrize("kind", [FactKind.RENAMED, FactKind.SNOOZED, FactKind.NOTED])
def test_a_touched_task_without_reason_is_cancelled_with_its_words(follow_up: FollowUp | None, kind: FactKind) -> None:
    row = _row(title="Mine", notes="Mine\n" + WANTED.block)
    action = _decide(follow_up, row, _history(kind))
    assert isinstance(action, Update)
    assert action.fields == replace(row.base, status=TaskStatus.CANCELLED, ring_at=None)


@pytest.mark.parametrize("follow_up", [None, WITHDRAWN])
@pytest.mark.parametrize("status", [TaskStatus.DONE, TaskStatus.CANCELLED])
def test_what_is_over_is_not_withdrawn(follow_up: FollowUp | None, status: TaskStatus) -> None:
    assert _decide(follow_up, _row(status)) == Keep("t-1")


def test_what_the_user_opened_again_against_us_is_kept() -> None:
    assert _decide(WITHDRAWN, _row(), _history(FactKind.REOPENED, was="withdrawn")) == Keep("t-1")
    assert isinstance(_decide(WITHDRAWN, _row(), _history(FactKind.REOPENED)), Withdraw)


def test_dismissed_by_command_goes_from_the_list() -> None:
    assert isinstance(_decide(WANTED, _row(), _history(FactKind.DISMISSED, how="command")), Withdraw)


@pytest.mark.parametrize("key", ["t-1", "t-2"])
@pytest.mark.parametrize("status", [TaskStatus.DONE, TaskStatus.CANCELLED])
def test_dismissed_on_the_phone_is_kept_as_it_is(status: TaskStatus, key: str) -> None:
    assert _decide(WANTED, _row(status), _history(FactKind.DISMISSED, key, how="cancelled")) == Keep("t-1")


def test_a_deleted_task_that_is_put_back_is_looked_after() -> None:
    action = _decide(WANTED, _row(title="Old"), _history(FactKind.DISMISSED, how="deleted"))
    assert isinstance(action, Update)
    assert action.fields.title == "Thank Ana"


@pytest.mark.parametrize("key", ["t-1", "t-2"])
def test_completed_elsewhere_is_ticked_without_alarm(key: str) -> None:
    action = _decide(WANTED, _row(), _history(FactKind.COMPLETED, key))
    assert isinstance(action, Update)
    assert action.fields == replace(FIELDS, status=TaskStatus.DONE, completed_at=NOW, ring_at=None)


@pytest.mark.parametrize("follow_up", [WANTED, FILED, WITHDRAWN, None])
def test_done_is_done(follow_up: FollowUp | None) -> None:
    assert _decide(follow_up, _row(TaskStatus.DONE, title="Old")) == Keep("t-1")


@pytest.mark.parametrize("follow_up", [WANTED, FILED])
def test_what_we_cancelled_is_opened_again_with_its_alarm(follow_up: FollowUp) -> None:
    action = _decide(follow_up, _row(TaskStatus.CANCELLED, ring_at=None))
    assert isinstance(action, Update)
    assert action.fields == FIELDS


@pytest.mark.parametrize("follow_up", [WANTED, FILED])
def test_a_field_of_ours_follows_and_what_agrees_is_kept(follow_up: FollowUp) -> None:
    assert _decide(follow_up, ROW) == Keep("t-1")
    moved = replace(follow_up, due_at=DUE + timedelta(hours=1), title="Thank Ana Lima")
    action = _decide(moved, ROW)
    assert isinstance(action, Update)
    assert action.fields == replace(FIELDS, title="Thank Ana Lima", due_at=DUE + timedelta(hours=1))


def test_the_users_fields_are_left_alone() -> None:
    history = fold(
        [
            Fact(FactKind.RENAMED, "t-1", NOW, "phone:home", {"title": "Mine"}),
            Fact(FactKind.SNOOZED, "t-1", NOW, "phone:home", {"due": RING.isoformat(), "ring": RING.isoformat()}),
            Fact(FactKind.NOTED, "t-1", NOW, "phone:home", {"note": "mine"}),
        ]
    )
    row = _row(title="Mine", due_at=RING, notes=WANTED.block + "\nmine")
    other = replace(WANTED, title="Other", block="New words", due_at=DUE + timedelta(days=1))
    action = _decide(other, row, history)
    assert isinstance(action, Update)
    assert action.fields == replace(row.base, notes="New words\nmine")


def test_times_taken_away_are_not_given_back() -> None:
    row = _row(due_at=None, ring_at=None)
    assert _decide(WANTED, row, _history(FactKind.SNOOZED, due="none", ring="none")) == Keep("t-1")


def test_our_text_changed_by_the_user_is_the_users() -> None:
    row = _row(notes="Three lines\nof MY\nown")
    assert _decide(replace(WANTED, block="New"), row) == Keep("t-1")


def test_an_alarm_that_a_client_dropped_is_not_forced_back() -> None:
    assert _decide(WANTED, _row(ring_at=None)) == Keep("t-1")


def test_a_late_ring_does_not_move_with_every_pass() -> None:
    overdue = replace(WANTED, ring_at=NOW - timedelta(hours=1))
    assert _decide(overdue, _row(ring_at=NOW - timedelta(minutes=5))) == Keep("t-1")
    created = _decide(overdue, None)
    assert isinstance(created, Create)
    assert created.fields.ring_at == LATE


def test_a_server_that_stores_it_otherwise_is_asked_once() -> None:
    asked = replace(FIELDS, title="Thank Ana Lima")
    row = replace(_row(title="Thank Ana L"), asked=mark(asked))
    assert _decide(replace(WANTED, title="Thank Ana Lima"), row) == Keep("t-1")


@pytest.mark.parametrize("key", ["t-1", "t-2"])
@pytest.mark.parametrize("kind", [FactKind.COMPLETED, FactKind.DISMISSED])
def test_what_the_user_ended_is_never_made_again(kind: FactKind, key: str) -> None:
    assert _decide(WANTED, None, _history(kind, key)) is None


@pytest.mark.parametrize("follow_up", [None, FILED, WITHDRAWN])
def test_nothing_is_made_of_what_is_not_wanted(follow_up: FollowUp | None) -> None:
    assert _decide(follow_up, None) is None


def test_what_is_wanted_is_made_with_the_words_the_user_had_on_it() -> None:
    action = _decide(WANTED, None, _history(FactKind.NOTED, note="mine"))
    assert isinstance(action, Create)
    assert action.fields == replace(FIELDS, notes=f"{WANTED.block}\n\nmine")
