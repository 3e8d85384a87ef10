"""`compare` and `observe` for any mixture of fields, facts and standings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from afterview.sync.actions import Create, Keep, Update, Withdraw
from afterview.sync.compare import Wanted, about, decide, first
from afterview.sync.history import History, fold
from afterview.sync.model import Fact, FactKind, FollowUp, RemoteTask, Row, Standing, TaskFields, TaskStatus
from afterview.sync.observe import observe, own_block

NOW = datetime(2026, 10, 24, 12, tzinfo=UTC)
LATE = NOW + timedelta(minutes=3)
KEYS = ("t-1", "t-2")
ended = {FactKind.COMPLETED, FactKind.DISMISSED}

moments = st.integers(-72, 72).map(lambda hours: NOW + timedelta(hours=hours))
words = st.sampled_from(
    ("", "Thank Ana", "mine", "first\nsecond", "first\nmine\nsecond", "first\nsecond\n\nmine", "new\nlines")
)
blocks = st.sampled_from(("first\nsecond", "new\nlines", "one line"))
statuses = st.sampled_from(TaskStatus)
fields = st.builds(
    TaskFields,
    title=words,
    notes=words,
    due_at=st.none() | moments,
    ring_at=st.none() | moments,
    snoozed_until=st.none() | moments,
    status=statuses,
)
rows = st.builds(
    Row,
    key=st.sampled_from(KEYS),
    account=st.just("home"),
    list=st.just("Interviews"),
    remote_id=st.just("/t.ics"),
    base=fields,
    block=blocks,
    called_for=st.booleans(),
)
follow_ups = st.builds(
    FollowUp,
    keys=st.sampled_from((KEYS, KEYS[:1], KEYS[::-1])),
    step=st.just("thank_you"),
    title=words,
    block=blocks,
    due_at=moments,
    ring_at=st.none() | moments,
    standing=st.sampled_from(Standing),
)
values = st.fixed_dictionaries(
    {},
    optional={
        "title": words,
        "note": words,
        "due": moments.map(datetime.isoformat) | st.just("none"),
        "ring": moments.map(datetime.isoformat) | st.just("none"),
        "how": st.sampled_from(("deleted", "cancelled", "command")),
        "was": st.just("withdrawn"),
    },
)
kinds = st.sampled_from(
    (FactKind.COMPLETED, FactKind.DISMISSED, FactKind.REOPENED, FactKind.RENAMED, FactKind.SNOOZED, FactKind.NOTED)
)
facts = st.lists(
    st.builds(Fact, kind=kinds, subject=st.sampled_from(KEYS), at=moments, source=st.just("x"), value=values)
)
histories = facts.map(fold)
many = settings(max_examples=400, derandomize=True, deadline=None, database=None)


def _after(action: object, row: Row | None) -> Row | None:
    """Return the row once an action is carried out by a server that stores what it is told."""
    match action:
        case Create(key, made, follow_up):
            return Row(key, "home", "Interviews", "/t.ics", made, block=follow_up.block, about=about(follow_up))
        case Update(_, made, block):
            assert row
            return replace(row, base=made, block=block)
        case Withdraw():
            return None
        case _:
            return row


@many
@given(st.none() | follow_ups, st.none() | rows, histories)
def test_deciding_again_after_acting_changes_nothing(
    wanted: FollowUp | None, row: Row | None, history: History
) -> None:
    action = decide(wanted, row, history, NOW, LATE)
    assert action == decide(wanted, row, history, NOW, LATE)
    left = _after(action, row)
    if isinstance(action, Withdraw) and wanted is not None and wanted.standing is Standing.WANTED:
        assert first(history.dismissed, (action.key, *wanted.keys))
    assert isinstance(decide(wanted, left, history, NOW, LATE), Keep | None)


@many
@given(follow_ups, st.none() | rows, histories)
def test_what_the_user_ended_is_never_made_or_opened_again(wanted: FollowUp, row: Row | None, history: History) -> None:
    keys = (*([row.key] if row else []), *wanted.keys)
    over = first(history.completed, keys) or first(history.dismissed, keys)
    action = decide(wanted, row, history, NOW, LATE)
    if isinstance(action, Create):
        assert not over
        assert wanted.standing is Standing.WANTED
    if isinstance(action, Update) and row and row.base.status is not TaskStatus.OPEN:
        assert row.base.status is TaskStatus.CANCELLED
        assert first(history.dismissed, keys) is None
        assert action.fields.status is not TaskStatus.OPEN or not over


@many
@given(follow_ups, rows, histories)
def test_a_field_of_the_users_is_never_overwritten(wanted: FollowUp, row: Row, history: History) -> None:
    action = decide(wanted, row, history, NOW, LATE)
    if not isinstance(action, Update):
        return
    meant = Wanted(wanted, history, row)
    if first(history.renamed, meant.keys):
        assert action.fields.title in {row.base.title, meant.title}
    snoozed = first(history.snoozed, meant.keys)
    if snoozed and "due" in snoozed.value:
        assert action.fields.due_at in {row.base.due_at, meant.due_at}
    mine = [line for line in row.base.notes.split("\n") if line == "mine"]
    assert [line for line in action.fields.notes.split("\n") if line == "mine"] == mine
    assert action.fields.snoozed_until == row.base.snoozed_until


@many
@given(rows, fields, st.none() | follow_ups, histories)
def test_an_edit_on_the_phone_is_not_written_over(
    row: Row, seen: TaskFields, wanted: FollowUp | None, history: History
) -> None:
    remote = RemoteTask("/t.ics", row.key, seen, '"2"')
    told = observe(row, remote, NOW, "phone:home", wanted, history)
    assert told == observe(row, remote, NOW, "phone:home", wanted, history)
    taken = replace(row, base=seen, block=own_block(row, seen))
    assert observe(taken, remote, NOW, "phone:home", wanted, history) == ()
    kinds_told = {fact.kind for fact in told}
    if wanted is None or seen.status is not TaskStatus.OPEN or ended & kinds_told:
        return
    numbered = [replace(fact, at=NOW + timedelta(days=9), id=number + 1) for number, fact in enumerate(told)]
    known = fold([*numbered, *(fact for kind in (history.renamed, history.snoozed) for fact in kind.values())])
    action = decide(wanted, taken, known, NOW, LATE)
    if isinstance(action, Update) and action.fields.status is TaskStatus.OPEN:
        if FactKind.RENAMED in kinds_told:
            assert action.fields.title == seen.title
        if FactKind.SNOOZED in kinds_told and seen.due_at != row.base.due_at:
            assert action.fields.due_at == seen.due_at
