"""Interviews come, move, are replaced and go: the follow-ups follow, none is doubled, none is left behind."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from afterview.sync.ledger import Ledger
from afterview.sync.model import EventStatus, FactKind, InterviewStatus, Participant, Reply, TaskStatus
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.memory import Fault, MemoryConnection, MemoryEvents
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview


def test_one_thank_you_for_each_interviewer_due_24_hours_after_the_end(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.run(at=MONDAY + 2 * HOUR)
    thanks = world.items("thank_you").values()
    assert len(thanks) == 2
    assert {one.due_at for one in thanks} == {MONDAY + HOUR + DAY}
    assert all(one.ring_at == MONDAY.replace(hour=16) for one in thanks)  # 18:00 in Berlin


def test_a_second_pass_writes_nothing(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.run(at=MONDAY + 2 * HOUR)
    writes = len(world.tasks.writes())
    assert writes == 3  # two thanks and one question
    world.passes(3)
    assert len(world.tasks.writes()) == writes


def test_nothing_is_asked_before_the_interview_is_over(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY - HOUR)
    assert world.items() == {}


def test_moved_before_it_took_place(world: World) -> None:
    world.enter(interview())
    world.run()
    world.enter(interview(at=MONDAY + DAY))
    world.run(at=MONDAY + 2 * HOUR)
    assert world.items() == {}
    world.run(at=MONDAY + DAY + 2 * HOUR)
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * DAY + HOUR


def test_shortened_afterwards_the_deadline_follows(world: World) -> None:
    world.enter(interview(hours=2))
    world.run(at=MONDAY + 3 * HOUR)
    world.enter(interview(hours=1))
    world.passes(2)
    assert world.only("thank_you")[1].due_at == MONDAY + HOUR + DAY


def test_replaced_by_a_new_uid_with_the_same_people(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 2 * HOUR)
    before = world.only("thank_you")[0]
    world.enter(interview(status=EventStatus.CANCELLED), interview("u2", MONDAY + 30 * HOUR))
    world.run(at=MONDAY + 3 * HOUR)
    assert world.open_steps() == []
    world.run(at=MONDAY + 32 * HOUR)
    assert world.open_steps() == ["ask_outcome", "thank_you"]
    assert world.only("thank_you")[1].due_at == MONDAY + 55 * HOUR
    assert before  # the first one is gone or carried over, never doubled


def test_cancelled_withdraws_what_was_not_touched(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 2 * HOUR)
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    assert world.items() == {}


def test_cancelled_keeps_the_users_words(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 2 * HOUR)
    remote_id, fields = world.only("thank_you")
    world.tasks.phone_edit(remote_id, notes=fields.notes + "\n\nShe likes sailing.")
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    kept = world.items()[remote_id]
    assert kept.status is TaskStatus.CANCELLED
    assert kept.ring_at is None
    assert kept.notes.endswith("She likes sailing.")


def test_declined_is_not_thanked_for(world: World) -> None:
    world.enter(interview(my_reply=Reply.DECLINED))
    world.run(at=MONDAY + 2 * HOUR)
    assert world.items() == {}


def test_an_event_deleted_before_it_took_place(world: World) -> None:
    world.enter(interview())
    world.run()
    world.events.drop("Personal", "/u1.ics")
    world.run(at=MONDAY + 2 * HOUR)
    world.run(at=MONDAY + 3 * HOUR)
    assert world.items() == {}


def test_an_event_tidied_away_afterwards_still_deserves_its_thanks(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 2 * HOUR)
    world.events.drop("Personal", "/u1.ics")
    world.passes(3)
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_the_same_interview_in_two_calendars_is_one_set_of_tasks(tmp_path: Path) -> None:
    world = World(tmp_path, calendars=("Personal", "Work"))
    world.run()
    world.enter(interview())
    world.events.put("Work", "/copy.ics", interview("other-uid"))
    world.run(at=MONDAY + 2 * HOUR)
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_first_start_with_three_years_of_history_makes_nothing_overdue(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.enter(*(interview(f"u{n}", MONDAY - n * 7 * DAY, company=f"Company{n}") for n in range(3, 150)))
    world.run(at=MONDAY)
    world.passes(3)
    assert [one for one in world.items().values() if one.due_at and one.due_at < world.now] == []


def test_a_calendar_that_is_suddenly_empty_changes_nothing(world: World) -> None:
    world.enter(*(interview(f"u{n}", MONDAY + n * DAY, company=f"Firm{n}x") for n in range(6)))
    world.run(at=MONDAY + 7 * DAY)
    before = world.items()
    assert before
    for _ in range(3):
        world.events.faults.plan("read", Fault.EMPTY)
        report = world.run(at=world.now + timedelta(minutes=20), full=True)
        assert report.accounts[0].held
        assert report.exit_code == 5
    assert world.items() == before


def test_a_calendar_emptied_on_purpose_is_believed_when_the_user_says_so(world: World) -> None:
    world.enter(*(interview(f"u{n}", MONDAY + n * DAY, company=f"Firm{n}x") for n in range(6)))
    world.run(at=MONDAY)
    for n in range(6):
        world.events.drop("Personal", f"/u{n}.ics")
    assert world.run(at=MONDAY + HOUR).accounts[0].held
    report = world.run(at=MONDAY + 2 * HOUR, accept=frozenset({"Personal"}))
    assert not report.accounts[0].held
    assert {one.status for one in world.thought().interviews} == {"cancelled"}


def test_a_few_deletions_are_measured_against_the_whole_calendar(world: World) -> None:
    people = [Participant(f"p{n}@firm{n}x.example", f"Per{n} Son{n}") for n in range(30)]
    world.enter(
        *(interview(f"u{n}", MONDAY + n * DAY, company=f"Firm{n}x", guests=(one,)) for n, one in enumerate(people))
    )
    world.run(at=MONDAY)
    for n in range(4):
        world.events.drop("Personal", f"/u{n + 20}.ics")
    assert not world.run(at=MONDAY + HOUR).accounts[0].held
    assert [one.status for one in world.thought().interviews].count(InterviewStatus.CANCELLED) == 4


def test_a_reading_cut_short_changes_nothing(world: World) -> None:
    world.enter(interview())
    world.events.faults.plan("read", Fault.CUT)
    report = world.run(at=MONDAY + 2 * HOUR)
    assert report.accounts[0].state == "waiting"
    assert report.exit_code == 4
    assert world.items() == {}
    world.run()
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_one_broken_event_stops_no_other(world: World) -> None:
    world.events.put("Personal", "/broken.ics", problem="The event /broken.ics cannot be read.")
    world.enter(interview())
    report = world.run(at=MONDAY + 2 * HOUR)
    assert report.accounts[0].problems == ["The event /broken.ics cannot be read."]
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_correction_takes_the_follow_ups_away(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 2 * HOUR)
    world.record(FactKind.VERDICT, world.thought().interviews[0].key, answer="no")
    world.run()
    assert world.items() == {}


def test_after_an_outage_what_was_missed_comes_once(world: World) -> None:
    world.enter(interview())
    world.run(at=MONDAY + 10 * DAY)
    _, thanks = world.only("thank_you")
    assert thanks.due_at == MONDAY + HOUR + DAY
    assert thanks.ring_at
    assert thanks.ring_at > world.now
    writes = len(world.tasks.writes())
    world.passes(3)
    assert len(world.tasks.writes()) == writes


def test_who_invites_and_comes_too_is_thanked_like_the_others(world: World) -> None:
    event = interview(guests=(ANA, BO))
    world.enter(replace(event, organizer=ANA))
    world.run(at=MONDAY + 2 * HOUR)
    assert len(world.items("thank_you")) == 2


def test_a_calendar_that_is_read_no_more_vouches_for_nothing_to_come(tmp_path: Path) -> None:
    world = World(tmp_path, calendars=("Personal", "Work"))
    world.run()
    world.enter(interview())
    coming = interview("u2", MONDAY + 10 * DAY, company="Globex")
    world.events.put("Work", "/a.ics", coming)
    world.run(at=MONDAY + 2 * HOUR)
    world.calendars = ("Personal",)
    world.run(at=MONDAY + 3 * HOUR)
    assert [one.company for one in world.thought().interviews] == ["Initech"]
    world.run(at=MONDAY + 11 * DAY)
    assert not [fields.title for fields in world.items().values() if "Globex" in fields.title]


def test_an_account_that_was_removed_vouches_for_nothing_to_come(world: World) -> None:
    over, coming = interview(), interview("u2", MONDAY + 10 * DAY, company="Globex")
    old = AccountSpec("old", lambda: MemoryConnection("old", MemoryEvents(world.events)))
    world.enter(over, coming)
    world.now = MONDAY + 2 * HOUR
    with Ledger.open(world.path) as ledger:
        one_pass(ledger, [old], replace(world.terms(), accounts=frozenset({"home", "old"})), lambda: world.now)
        ledger.forget_account("old")
    world.events.drop("Personal", "/u2.ics")
    world.run(at=MONDAY + 3 * HOUR)
    assert [one.company for one in world.thought().interviews] == ["Initech"]
    world.run(at=MONDAY + 4 * HOUR)
    assert world.thought().interviews[0].sources == ("home/Personal",)
