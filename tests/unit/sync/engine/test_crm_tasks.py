"""Follow-ups as tasks in a CRM: a copy, if the user says so."""

from pathlib import Path

from afterview.sync.model import FactKind, RecordKind, Standing
from afterview.sync.sharing import USUAL
from tests.unit.sync.engine.crm import ALL, Crm
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY


def test_follow_ups_are_copied_as_they_stand_on_the_phone_if_the_user_says_so(tmp_path: Path) -> None:
    def tasks() -> dict[str, tuple[str, str]]:
        copies = crm.of(RecordKind.TASK).values()
        return {item.fields["name"][0]: (item.fields["standing"][0], item.fields["due_at"][0]) for item in copies}

    crm = Crm(tmp_path, USUAL)
    crm.run()
    assert tasks() == {}
    crm.share = ALL
    crm.run()
    thanks, asked = (
        next(one for one in crm.thought().follow_ups if one.step == step and one.standing is Standing.WANTED)
        for step in ("thank_you", "ask_outcome")
    )
    assert tasks() == {one.title: ("open", one.due_at.isoformat()) for one in (thanks, asked)}
    later = (MONDAY + 3 * DAY).isoformat()
    crm.world.record(FactKind.SNOOZED, asked.key, due=later, ring="")
    crm.world.record(FactKind.COMPLETED, thanks.key, step="thank_you", note="she likes chess")
    crm.run()
    assert tasks() == {thanks.title: ("done", thanks.due_at.isoformat()), asked.title: ("open", later)}
    assert "chess" not in str(crm.fields())
    crm.world.outcome("withdrawn")
    crm.run()
    assert tasks()[asked.title][0] == "given up"
    copy = next(item for item in crm.of(RecordKind.TASK).values() if item.fields["name"] == (thanks.title,))
    assert copy.fields["application_ids"] == (crm.one(RecordKind.APPLICATION)[0],)
    writes = len(crm.server.writes())
    crm.run()
    assert len(crm.server.writes()) == writes
    crm.world.forget_everything()
    crm.run()
    assert len(tasks()) == len(crm.of(RecordKind.TASK)) == 2


def test_a_follow_up_that_appears_by_itself_is_copied_when_its_time_has_come(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.world.now = MONDAY - HOUR
    crm.run()
    assert crm.of(RecordKind.TASK) == {}
    crm.run()
    crm.world.now = MONDAY + 2 * HOUR
    crm.run()
    assert len(crm.of(RecordKind.TASK)) == 2
