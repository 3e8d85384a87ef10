"""Corrections reach what was read before and what comes after, and let go of it again when they are taken back."""

from dataclasses import replace
from datetime import timedelta

from afterview.sync.engine.lessons import with_lesson
from afterview.sync.identity import event_key
from afterview.sync.ledger import Ledger
from afterview.sync.model import Event, Fact, FactKind, Participant, TaskStatus
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY, World, interview

RITA = Participant("rita.lund@globex.example", "Rita Lund")


def slot(uid: str, at: int = 0, title: str = "Second round", sender: Participant = RITA) -> Event:
    event = interview(uid, MONDAY + at * DAY, company="Globex")
    return replace(event, title=title, text="", organizer=sender, attendees=event.attendees[:1])


def titles(world: World) -> list[str]:
    return sorted(one.title for one in world.thought().interviews)


def correct(world: World, answer: str, *uids: str) -> None:
    """Say it of events one after the other, as `mark` does."""
    for uid in uids:
        world.now += HOUR
        with Ledger.open(world.path) as ledger:
            fact = Fact(FactKind.VERDICT, event_key(uid, ""), world.now, "cli", {"answer": answer})
            ledger.record(with_lesson(ledger, fact))
            ledger.calendars.forget_etag(fact.subject)


def undo(world: World) -> None:
    for fact in world.facts():
        if fact.kind is FactKind.VERDICT:
            world.record(FactKind.UNDONE, str(fact.id))


def test_a_wrong_sender_is_not_believed_again_until_it_is_taken_back(world: World) -> None:
    world.enter(slot("u1"), slot("u2", 1))
    world.run()
    assert len(titles(world)) == 2
    correct(world, "no", "u1", "u2")
    world.run()
    world.enter(slot("u3", 2, "Second round, third time"))
    world.run(at=world.now + HOUR)
    assert titles(world) == []
    undo(world)
    world.run(at=world.now + HOUR)
    assert len(titles(world)) == 3


def test_what_was_read_already_is_judged_anew(world: World) -> None:
    world.enter(slot("u1"), slot("u2", 1), slot("u3", 2))
    world.run()
    correct(world, "no", "u1", "u2")
    world.run(at=world.now + HOUR)
    assert titles(world) == []


def test_a_confirmed_senders_other_events_are_found_though_they_were_passed_over_unread(world: World) -> None:
    world.enter(slot("u1", 0, "Rita, Hannah"), slot("u2", 1, "Rita and Hannah"))
    world.run()
    assert titles(world) == []
    correct(world, "yes", "u1")
    world.passes(2)
    found = {one.title: one.answer for one in world.thought().interviews}
    assert found == {"Rita, Hannah": "yes", "Rita and Hannah": "ask"}


def test_deleting_the_question_on_the_phone_teaches_too(world: World) -> None:
    for number in range(3):
        world.enter(slot(f"u{number}", number))
    for number in range(2):
        world.run(at=MONDAY + number * DAY + 2 * HOUR)
        remote_id, _ = world.only("ask_interview")
        world.tasks.phone_delete(remote_id)
        world.passes(3, timedelta(minutes=20))
    world.run(at=MONDAY + 2 * DAY + 2 * HOUR)
    assert world.items("ask_interview") == {}
    said = [fact for fact in world.facts() if fact.kind is FactKind.VERDICT]
    assert [(fact.value["answer"], fact.value["sender"]) for fact in said] == [("no", RITA.email)] * 2


def test_ticking_and_unticking_the_question_leaves_nothing_behind(world: World) -> None:
    world.enter(slot("u1"))
    world.run(at=MONDAY + 2 * HOUR)
    remote_id, _ = world.only("ask_interview")
    world.tasks.phone_complete(remote_id, world.now)
    world.passes(2)
    assert [one.answer for one in world.thought().interviews] == ["yes"]
    world.tasks.phone_reopen(remote_id)
    world.passes(3)
    assert [one.answer for one in world.thought().interviews] == ["ask"]
    assert world.items()[remote_id].status is TaskStatus.OPEN


def test_a_correction_of_one_occurrence_settles_the_series(world: World) -> None:
    weekly = [
        replace(
            slot("u1", 7 * n, "Interview slot"),
            resource=f"/u1-{n}.ics",
            recurring=True,
            occurrence=f"2026090{n + 1}T080000Z",
        )
        for n in range(3)
    ]
    world.enter(*weekly)
    world.run()
    first = world.thought().interviews[0]
    with Ledger.open(world.path) as ledger:
        ledger.record(with_lesson(ledger, Fact(FactKind.VERDICT, first.key, world.now, "cli", {"answer": "no"})))
    world.run(at=world.now + HOUR)
    assert titles(world) == []


def test_without_a_correction_nothing_is_read_twice(world: World) -> None:
    world.enter(slot("u1"), interview("u2", MONDAY + DAY))
    world.run()
    assert world.passes(2).events_parsed == 0
    correct(world, "no", "u1")
    assert world.run(at=world.now + HOUR).accounts[0].events_parsed == 1
    assert world.passes(2).events_parsed == 0
