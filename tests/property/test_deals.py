"""Outcomes and the stages of deals follow each other, under everything that may happen to them.

The user hears outcomes, takes them back, drags deals to and fro; requests and the ledger die at every point. Checked all the
while: one deal an application, and we never move a closed deal. Checked once all has settled: the newest act stands on
both sides, as far as the deal could still be moved, one more pass writes nothing, the interview is where the calendar has
it, each advice is one note, and all of it hangs together, although a record and its ties can be requests of their own.
"""

import os
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from afterview.sync.engine.seen import thought_of
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.schema import migrate
from afterview.sync.model import Application, Fact, FactKind, Outcome, RecordKind
from afterview.sync.ports import BookCapabilities
from afterview.sync.runner import AccountSpec, Options, one_pass
from afterview.sync.sharing import Share
from afterview.sync.stages import stage_of
from tests.fakes.books import BookServer, MemoryBook, Stored
from tests.fakes.faults import Crash, Fault
from tests.fakes.memory import EventServer, MemoryConnection, MemoryEvents
from tests.property.machines import SETTINGS, TERMS, MortalConnection
from tests.unit.sync.engine.world import DAY, MONDAY, interview

KINDS = (RecordKind.COMPANY, RecordKind.PERSON, RecordKind.APPLICATION)
KINDS_AND_MORE = (*KINDS, RecordKind.INTERVIEW, RecordKind.NOTE)
CRMS = {
    "tells when": BookCapabilities(KINDS, changed_since=True, deletions=True, cas=True, outcome=True),
    "lagging, unique key": BookCapabilities(
        KINDS_AND_MORE, changed_since=True, upsert_key=True, readback_lag=True, outcome=True
    ),
    "plain": BookCapabilities(KINDS_AND_MORE, outcome=True),
}
WORDS = {"lost": "no", "won": "accepted", "withdrawn": "withdrawn"}
WRITE_FAULTS = (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_READY)


OPEN_TERMS = replace(TERMS, shares={"crm": frozenset(Share)})


class Pipeline(RuleBasedStateMachine):
    """A user with one application at Initech, a CRM and the engine."""

    capabilities = CRMS["plain"]
    dated = False  # does the CRM say when a deal was moved

    def __init__(self) -> None:
        super().__init__()
        self.events = EventServer()
        self.crm = BookServer(self.capabilities, ties_apart=self.capabilities.upsert_key)
        self.now = MONDAY + DAY
        self.numbers = 0
        self.advised: set[str] = set()
        self.starts_at = MONDAY
        self.acts: list[tuple[datetime, str]] = []  # what the user wanted, on either side
        self.connection: MortalConnection = sqlite3.connect(":memory:", isolation_level=None, factory=MortalConnection)
        migrate(self.connection)
        self.events.put("Personal", "/u.ics", interview("u"))
        self._calm()

    def _pass(self, **options: Any) -> None:
        specs = [
            AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(self.events, ("Personal",)))),
            AccountSpec("crm", lambda: MemoryConnection("crm", book=MemoryBook(self.crm, "CRM")), book=True),
        ]
        before = dict(self.crm.items)
        try:
            one_pass(Ledger(self.connection), specs, OPEN_TERMS, lambda: self.now, Options(**options))
        except Crash:
            self.connection.rollback()
        finally:
            self.connection.writes_left = None
        for remote_id, item in before.items():
            was, now = _stage(item), _stage(self.crm.items[remote_id])
            assert was in {now, "open", ""}, f"a closed deal was moved from {was} to {now}"

    def _calm(self) -> None:
        self.crm.faults.clear()
        for _ in range(4):
            self.now += timedelta(minutes=16)
            self._pass(full=True)

    def _application(self) -> Application:
        (found,) = thought_of(Ledger(self.connection), SETTINGS, self.now).applications
        return found

    def _deals(self) -> list[tuple[str, Stored]]:
        return [(r, item) for r, item in self.crm.items.items() if item.kind is RecordKind.APPLICATION]

    @rule(word=st.sampled_from(("no", "accepted", "withdrawn", "offer", "advanced")))
    def hears(self, word: str) -> None:
        """The phone or the command line records an outcome."""
        self.now += timedelta(minutes=1)
        fact = Fact(FactKind.OUTCOME, self._application().key, self.now, "cli", {"outcome": word})
        Ledger(self.connection).record(fact)
        self.acts.append((self.now, word))

    @rule(
        stage=st.sampled_from(("open", "lost", "won", "withdrawn")), back_after=st.sampled_from((0, 0, 5)),
        meanwhile=st.sampled_from((None, None, *WRITE_FAULTS)),
    )  # fmt: skip
    def drags_the_deal(self, stage: str, back_after: int, meanwhile: Fault | None) -> None:
        """A person moves the deal in the CRM, some back again at once; we may just be writing something else."""
        deals = self._deals()
        if not deals or _stage(deals[0][1]) == stage:
            return
        self._calm()  # what is under way arrives first: only then does the person see it
        (remote_id, item), *_ = self._deals()
        before = _stage(item)
        if before == stage:
            return
        self.now += timedelta(minutes=1)
        self._move(remote_id, stage)
        if back_after:
            heard = len(Ledger(self.connection).facts(FactKind.OUTCOME, FactKind.UNDONE))
            self._pass()
            self.now += timedelta(minutes=back_after)
            self._move(remote_id, before)
            self._pass()
            assert len(Ledger(self.connection).facts(FactKind.OUTCOME, FactKind.UNDONE)) == heard
            return
        self.acts.append((self.now, stage))
        self._pass()
        if meanwhile:
            self.numbers += 1
            role = {"role": f"Engineer {self.numbers}"}
            Ledger(self.connection).record(Fact(FactKind.APPLICATION, self._application().key, self.now, "cli", role))
            self.crm.faults.plan("update", meanwhile)
            self._pass()
        self.now += timedelta(minutes=16)

    def _move(self, remote_id: str, stage: str) -> None:
        at = (self.now.isoformat(),) if self.dated else ()
        self.crm.user_edit(remote_id, stage=(stage,), stage_at=at)

    @rule(note=st.sampled_from(("Speak slower.", "Ask more.")))
    def is_advised(self, note: str) -> None:
        fact = Fact(FactKind.ADVICE, self._application().key, self.now, "cli", {"note": note})
        Ledger(self.connection).record(fact)
        self.advised.add(note)

    @rule(later=st.integers(0, 5))
    def moves_the_interview(self, later: int) -> None:
        self.starts_at = MONDAY + timedelta(hours=later)
        self.events.put("Personal", "/u.ics", interview("u", self.starts_at))
        self._pass()

    @rule(title=st.sampled_from(("a", "b")))
    def renames_the_deal(self, title: str) -> None:
        for remote_id, _ in self._deals():
            self.crm.user_edit(remote_id, name=(title,))

    @rule(operation=st.sampled_from(("create", "update", "tie")), fault=st.sampled_from(WRITE_FAULTS))
    def write_will_fail(self, operation: str, fault: Fault) -> None:
        self.crm.faults.plan(operation, fault)

    @rule(operation=st.sampled_from(("read", "fetch", "find")))
    def look_will_fail(self, operation: str) -> None:
        self.crm.faults.plan(operation, Fault.CRASH_BEFORE)

    @rule(writes=st.integers(0, 30))
    def dies_at_the_ledger(self, writes: int) -> None:
        self.connection.writes_left = writes
        self._pass()

    @rule(minutes=st.sampled_from((1, 16, 60 * 25)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._pass()

    @rule()
    def tries_without_doing(self) -> None:
        before = (dict(self.crm.items), list(self.connection.iterdump()))
        self.crm.faults.clear()
        self._pass(dry_run=True)
        assert (dict(self.crm.items), list(self.connection.iterdump())) == before

    @invariant()
    def nothing_is_doubled(self) -> None:
        for kind in RecordKind:
            keys = [item.key for item in self.crm.items.values() if item.kind is kind]
            assert len(keys) == len(set(keys))
        assert len(self._deals()) <= 1

    def teardown(self) -> None:
        self._calm()
        ((_, deal),) = self._deals()
        outcome = self._application().outcome
        if self.acts:
            last = self.acts[-1][1]
            expected = WORDS.get(last, last)
            if last == "open":
                assert outcome not in {Outcome.NO, Outcome.ACCEPTED, Outcome.WITHDRAWN}, (last, outcome)
            else:
                assert outcome == expected, (self.acts, outcome)
        if _stage(deal) == "open":
            assert stage_of(outcome) == "open"
        self._hangs_together(deal)
        before = len(self.crm.writes())
        self._pass(full=True)
        assert len(self.crm.writes()) == before

    def _hangs_together(self, deal: Stored) -> None:
        of = {kind: {r: item for r, item in self.crm.items.items() if item.kind is kind} for kind in RecordKind}
        people, companies = of[RecordKind.PERSON], of[RecordKind.COMPANY]
        assert [*deal.fields["company_ids"]] == [*companies]
        assert sorted(deal.fields["people_ids"]) == sorted(people)
        there = [r for r, person in people.items() if "company_ids" in person.fields]  # all but the recruiter
        assert len(there) == 1
        assert [*people[there[0]].fields["company_ids"]] == [*companies]
        if RecordKind.NOTE not in self.capabilities.kinds:
            return
        deals = tuple(of[RecordKind.APPLICATION])
        (met,) = of[RecordKind.INTERVIEW].values()
        assert met.fields["starts_at"] == (self.starts_at.isoformat(),)
        assert met.fields["application_ids"] == deals
        assert [*met.fields["people_ids"]] == there
        notes = list(of[RecordKind.NOTE].values())
        assert {item.fields["text"][0].partition("\n")[2] for item in notes} == self.advised
        assert len(notes) == len(self.advised)
        assert all(item.fields["application_ids"] == deals for item in notes)


def _stage(item: Stored) -> str:
    return item.fields.get("stage", ("",))[0]


@pytest.mark.parametrize("crm", CRMS)
def test_the_newest_act_stands_on_both_sides(crm: str) -> None:
    deep = int(os.environ.get("AFTERVIEW_DEEP", "0"))
    run_state_machine_as_test(
        type("Pipeline", (Pipeline,), {"capabilities": CRMS[crm], "dated": crm == "tells when"}),
        settings=settings(
            max_examples=deep or 15,
            stateful_step_count=50 if deep else 20,
            derandomize=not deep,
            deadline=None,
            database=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        ),
    )
