"""What must hold once faults have stopped and three passes have run: the invariants of the design, seen on the server."""

from collections import Counter

from afterview.cli.options import Options
from afterview.cli.wire import Wiring
from afterview.sync.engine.seen import thought_of
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Standing
from tests.crash.life import Life
from tests.gate import WRITES

_USERS = (FactKind.DISMISSED, FactKind.COMPLETED, FactKind.RENAMED, FactKind.NOTED, FactKind.SNOOZED, FactKind.REOPENED)


def check(life: Life) -> None:
    """Hold a life that has come to rest against the invariants."""
    _is_quiet(life)
    there = life.place.items()
    keys = Counter(item.key for item in there.values() if item.key)
    doubled = [key for key, count in keys.items() if count > 1]
    life.figures["doubled"] += len(doubled)
    assert not doubled, f"two items under one key (I1): {doubled}\n{life.story()}"
    _check_edits(life)
    _check_wanted(life)


def _is_quiet(life: Life) -> None:
    """One more pass, that reads everything, writes nothing (I3)."""
    gate = life.place.gate
    before = len(gate.log)
    assert life.run("--full").code == 0
    written = [one for one in gate.log[before:] if one.method in WRITES and not one.path.endswith("/token")]
    assert written == [], f"a pass wrote although nothing had changed (I3): {written}\n{life.story()}"


def _check_edits(life: Life) -> None:
    """No edit is lost (I6): it is on the list, or in the log."""
    there = life.place.items()
    with Ledger.open(life.home.path / "state") as ledger:
        told = [text for fact in ledger.facts() for text in fact.value.values()]
    for item, edits in life.edits.items():
        seen = [there[item]] if item in there else list(there.values())
        lost = [edits.title] if edits.title and edits.title not in [*(one.title for one in seen), *told] else []
        lost += [
            word for word in edits.words if not any(word in text for text in (*(one.notes for one in seen), *told))
        ]
        if edits.due and edits.due not in {one.due for one in seen} and item in there:
            lost += [edits.due] if not any(edits.due[:10] in text for text in told) else []
        life.figures["lost"] += len(lost)
        assert not lost, f"lost an edit (I6): {lost}\n{life.story()}"


def _check_wanted(life: Life) -> None:
    """What is wanted and was not ended by the user stands exactly once (I2); nothing was taken for the user's (I8)."""
    home = life.home
    options = Options(config=home.path / "config.toml", state_dir=home.path / "state")
    settings = Wiring(options, {}, lambda: home.now).config.settings
    items = life.place.items().values()
    with Ledger.open(home.path / "state") as ledger:
        thought = thought_of(ledger, settings, home.now)
        facts = ledger.facts(*_USERS)
        rows = ledger.tasks.rows()
    open_keys = Counter(item.key for item in items if item.key and item.status == "open")
    history = thought.history
    for one in thought.follow_ups:
        mine = [key for key in one.keys if open_keys[key]]
        ended = any(key in history.completed or key in history.dismissed for key in one.keys)
        if one.standing is Standing.WANTED and not ended:
            life.figures["lost"] += len(mine) < 1
            life.figures["doubled"] += len(mine) > 1
            assert len(mine) == 1, f"{len(mine)} tasks for {one.title} (I2)\n{life.story()}"
            life.figures["tasks found"] += 1
        if one.standing is Standing.WITHDRAWN and mine and rows[mine[0]].called_for:
            assert not mine, f"{one.title} still stands: {one.reason} (I2)\n{life.story()}"
        for key in mine:
            del open_keys[key]
    unexplained = [key for key in +open_keys if rows[key].called_for]
    assert not unexplained, f"tasks of nothing that is known: {unexplained}\n{life.story()}"
    invented = [fact for fact in facts if fact.subject not in life.touched and not life.figures["ledgers lost"]]
    assert not invented, f"taken for the user's doing (I6, I8): {invented}\n{life.story()}"
