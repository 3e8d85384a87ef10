"""The real engine against its servers in memory, under everything that may happen between and during its passes.

Two sides are edited in any order (calendar, phone, command line), requests and the ledger fail and die at every point,
listings lie, time jumps, a second machine works on the same list. Checked all the while: what the user ended stays ended
(I5), foreign items are left alone (I4), one item a key (I1), a dry run leaves no trace (I14). Checked once faults have
stopped and three passes have run: one more pass writes nothing (I3), no edit is lost (I6), what other clients stored
survives (I7), and the open items are exactly what is wanted and not ended (I2, I8, I10).
"""

import json
import os
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    run_state_machine_as_test,
)

from afterview.sync.model import FollowUp, Standing, TaskFields, TaskStatus
from tests.fakes.memory import TaskServer
from tests.fakes.phones import PHONES, Phone
from tests.fakes.written import WrittenServer
from tests.property.machines import Machine
from tests.property.trouble import Trouble
from tests.running import ROOT
from tests.system.clients import RINGS

FIGURES: Counter[str] = Counter()  # what one test went through


class Life(Trouble):
    """The user's life, with trouble, and what must hold in it."""

    # What must hold

    @invariant()
    def nothing_ended_comes_back(self) -> None:
        for key, how in self.ended.items():
            found = [self.tasks.items[remote_id].fields.status.value for remote_id in self.tasks.under(key)]
            if how == "deleted":
                assert not found, "what the user deleted is there again"
            elif len(found) == 1:
                assert found == [how], f"what the user marked {how} is {found}"

    @invariant()
    def foreign_items_are_untouched(self) -> None:
        assert {one: self.tasks.items.get(one) for one in self.foreign} == self.foreign

    def teardown(self) -> None:
        self._quiet()
        self.nothing_ended_comes_back()
        self.foreign_items_are_untouched()
        self._check_keys()
        self._check_stored()
        self._check_edits()
        self._check_rings()
        self._check_wanted()
        self._count()

    @invariant()
    def nothing_is_sent_that_should_not_be(self) -> None:
        assert self.tasks.watch.breaches == []

    def _check_rings(self) -> None:
        """Where a text is kept, each app that reads it rings at the instant that is meant (I13)."""

    def _count(self) -> None:
        servers = (self.tasks, self.events, self.work)
        FIGURES.update(
            lives=1,
            passes=sum(machine.passes for machine in self.machines),
            deaths=sum(machine.deaths for machine in self.machines),
            faults=sum(server.faults.struck for server in servers),
            requests=len(self.tasks.log),
        )

    def _quiet(self) -> None:
        for faults in (self.tasks.faults, self.events.faults, self.work.faults):
            faults.clear()
        self.tasks.refuses.clear()
        for machine in self.machines:  # a clock that was ahead is right again, and the user says so
            machine.run(self.now + timedelta(hours=1), trust_clock=True)
        for wait in (timedelta(hours=25), timedelta(minutes=15), timedelta(minutes=15)):  # what was refused has its day
            self.now += wait
            for machine in self.machines:
                report = machine.run(self.now)
                assert report
                assert [one.state for one in report.accounts] == ["ok", "ok"], report.accounts
        held = [one for machine in self.machines for one in machine.ledger.calendars.held()]
        if held:  # the user deleted a heap, and says so
            names = frozenset({"Personal", "Interviews"})
            for machine in self.machines * 2:
                machine.run(self.now, accept=names)
        writes = len(self.tasks.writes())
        for machine in self.machines:
            machine.run(self.now, full=True)
        assert self.tasks.writes()[writes:] == [], "a pass wrote although nothing had changed"

    def _check_keys(self) -> None:
        keys = [item.key for item in self.tasks.items.values() if item.key]
        assert len(keys) == len(set(keys)), "two items under one key"

    def _check_stored(self) -> None:
        for remote_id in self.stored.keys() & self.tasks.items.keys():
            if ("delete", remote_id) in self.tasks.log[self.stored[remote_id] :]:
                continue  # withdrawn meanwhile, and made anew
            assert "X-OTHER" in self.tasks.items[remote_id].extra, "what another client kept is gone"

    def _check_edits(self) -> None:
        said = [fact.value for machine in self.machines for fact in machine.ledger.facts()]
        told = [text for value in said for text in value.values()]
        items = [item.fields for item in self.tasks.items.values()]  # of two copies the other one may be left
        for remote_id, edits in self.edits.items():
            fields = [self.tasks.items[remote_id].fields] if remote_id in self.tasks.items else items
            if edits.title is not None:
                assert edits.title in [*(one.title for one in fields), *told]
            if edits.moved:
                due = edits.due_at.isoformat() if edits.due_at else "none"
                assert edits.due_at in [one.due_at for one in fields] or due in told
            for word in edits.words:
                assert any(word in text for text in (*(one.notes for one in fields), *told))

    def _check_wanted(self) -> None:
        machine = self.machines[0]
        thought = machine.thought(self.now)
        history = thought.history
        rows = machine.ledger.tasks.rows()
        open_items = {
            item.key: item.fields for item in self.tasks.items.values() if item.fields.status is TaskStatus.OPEN
        }
        open_items.pop("", None)
        for one in thought.follow_ups:
            mine = [key for key in one.keys if key in open_items]
            ended = any(key in history.completed or key in history.dismissed for key in one.keys)
            if one.standing is Standing.WANTED and not ended:
                assert len(mine) == 1, f"{len(mine)} open tasks for {one.step}: {one.title}"
            assert len(mine) <= 1, f"{one.step} stands {len(mine)} times"
            if mine and len(self.machines) == 1:
                self._check_fields(one, open_items.pop(mine[0]), mine[0], machine)
            else:
                open_items.pop(mine[0], None) if mine else None
            if mine and one.standing is Standing.WITHDRAWN and rows[mine[0]].called_for:
                insisted = history.reopened.get(mine[0])
                against_us = insisted.value.get("was") if insisted else ""
                assert against_us == "withdrawn", f"{one.step} is left: {one.reason}"
        for key in open_items:
            assert not rows[key].called_for or history.reopened.get(key), "a task of nothing that is known is left"

    def _check_fields(self, one: FollowUp, fields: TaskFields, key: str, machine: Machine) -> None:
        history = machine.thought(self.now).history
        if one.standing is Standing.WITHDRAWN:
            return
        if key not in history.renamed:
            assert fields.title == one.title
        if key not in history.snoozed:
            assert fields.due_at == one.due_at
        if key not in history.noted and machine.ledger.tasks.rows()[key].block:  # "": met with our text changed in it
            assert fields.notes.rstrip() == one.block.rstrip()


class WrittenLife(Life):
    """The same on a server that keeps text, with one of the apps in the user's hand."""

    def new_list(self) -> TaskServer:
        return WrittenServer()

    def _check_rings(self) -> None:
        for item in self.tasks.items.values():
            ours = "afterview" in item.extra.partition("PRODID:")[2].partition("\r\n")[0]
            if item.key and ours and item.fields.ring_at and "X-OTHER" not in item.extra:
                rings = {client(item.extra) for client in RINGS["android"]}
                assert rings == {item.fields.ring_at}, item.extra

    @initialize(phone=st.sampled_from(PHONES))
    def takes_a_phone(self, phone: Phone) -> None:
        assert isinstance(self.tasks, WrittenServer)
        self.tasks.phone = phone


@pytest.mark.parametrize("life", [Life, WrittenLife])
def test_the_engine_ends_in_the_right_place_whatever_happens(life: type[Life]) -> None:
    deep = int(os.environ.get("AFTERVIEW_DEEP", "0"))
    FIGURES.clear()
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=deep or 60,
            stateful_step_count=50 if deep else 30,
            derandomize=not deep,
            deadline=None,
            database=None,
            phases=[one for one in Phase if one is not Phase.shrink or not os.environ.get("AFTERVIEW_WITHOUT")],
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        ),
    )
    if deep:
        path = ROOT / "build" / f"engine-{life.__name__}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({**FIGURES, "lost": 0, "doubled": 0}, sort_keys=True) + "\n", "utf-8")
