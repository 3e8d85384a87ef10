"""Records that are there already: taken over after a loss, said to be ours, merged by a person, or given up again."""

from datetime import timedelta
from pathlib import Path

import pytest

from afterview.sync.model import FactKind, Outcome, RecordKind
from afterview.sync.sharing import USUAL
from tests.unit.sync.engine.crm import Crm
from tests.unit.sync.engine.world import HOUR, MONDAY, interview

SETTLED = timedelta(minutes=20)


@pytest.mark.parametrize("known_by", ["our key", "the user"])
@pytest.mark.parametrize(
    ("said", "stage", "heard"),
    [("", "lost", Outcome.NO), ("", "won", Outcome.ACCEPTED), ("no", "won", Outcome.ACCEPTED)],
)
def test_a_closed_deal_that_is_taken_over_stays_closed_and_is_heard(
    tmp_path: Path, known_by: str, said: str, stage: str, heard: Outcome
) -> None:
    crm = Crm(tmp_path, USUAL)
    crm.run()
    deal, item = crm.one(RecordKind.APPLICATION)
    application = crm.thought().applications[0].key
    crm.world.forget_everything()
    closed = {**item.fields, "stage": (stage,), "stage_at": (crm.world.now.isoformat(),)}
    crm.server.put(deal, RecordKind.APPLICATION, closed, key=item.key if known_by == "our key" else "")
    if known_by == "the user":
        crm.world.record(FactKind.SAME, application, record=f"crm {deal}")
    if said:
        crm.world.record(FactKind.OUTCOME, application, outcome=said, at=(crm.world.now - HOUR).isoformat())
    for _ in range(3):
        crm.run()
        crm.world.now += SETTLED
    assert crm.one(RecordKind.APPLICATION)[1].fields["stage"] == (stage,)
    assert crm.thought().applications[0].outcome is heard


@pytest.mark.parametrize("kind", [RecordKind.COMPANY, RecordKind.APPLICATION])
def test_what_a_person_merged_is_not_made_again(tmp_path: Path, kind: RecordKind) -> None:
    crm = Crm(tmp_path, USUAL, changed_since=True, deletions=True)
    crm.world.enter(interview("u2", MONDAY + 4 * HOUR, company="Umbra"))
    crm.run()
    crm.run()
    gone, stays = crm.of(kind)
    crm.server.user_merge(gone, stays)
    for _ in range(3):
        crm.run()
    assert list(crm.of(kind)) == [stays]
    written = len(crm.server.writes())
    crm.world.record(FactKind.APPLICATION, crm.thought().applications[0].key, role="Clockmaker")
    crm.run()
    crm.run()
    assert list(crm.of(kind)) == [stays]
    assert len(crm.server.writes()) - written <= 3  # the role: at the deal and in the lines of its people
