"""What rings, when, and how often: seen on the phone's screen, with a list and without one."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from afterview.sync.errors import NotReady, Refused, Uncertain
from afterview.sync.ledger import Ledger
from afterview.sync.model import Choice, FactKind, Question
from afterview.sync.playbook import parse_ring
from afterview.sync.rings import Taken, ring, take_answer
from tests.fakes.pushes import PushService
from tests.unit.sync.engine.world import BO, DAY, HOUR, MONDAY, interview
from tests.unit.sync.rings.phone import EIGHTEEN, Rung, rung

THANKS = "Thank Ana Lima (Initech)"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone(tmp_path: Path) -> Rung:
    return rung(tmp_path)


@pytest.fixture
def thanked(phone: Rung) -> Rung:
    """An interview is over, and its thanks are on the list."""
    phone.world.enter(interview())
    phone.world.run(at=MONDAY + 2 * HOUR)
    return phone


def test_it_rings_at_the_time_of_the_task(thanked: Rung) -> None:
    assert thanked.next() == EIGHTEEN
    thanked.ring(EIGHTEEN - MINUTE)
    assert thanked.screen == []
    report = thanked.ring(EIGHTEEN)
    assert report.pushed == thanked.screen == [THANKS]
    assert thanked.services[0].screen[0].body == "By Tuesday, 8 September, 11:00"


def test_it_rings_once(thanked: Rung) -> None:
    thanked.ring(EIGHTEEN)
    for minutes in (0, 1, 60, 120):
        thanked.ring(EIGHTEEN + minutes * MINUTE)
    thanked.world.run()
    thanked.ring(EIGHTEEN + DAY)
    assert thanked.screen == [THANKS]


def test_nothing_is_opened_while_nothing_is_due(thanked: Rung) -> None:
    thanked.ring(EIGHTEEN - HOUR)
    assert thanked.services[0].opened == 0


def test_without_a_list_what_is_planned_rings(phone: Rung) -> None:
    phone.deliver_to = ""
    phone.world.enter(interview())
    phone.world.run(at=MONDAY + 2 * HOUR)
    phone.world.tasks.items.clear()
    assert phone.next() == EIGHTEEN
    phone.ring(EIGHTEEN)
    assert phone.screen == [THANKS]
    assert "Hello Ana Lima, thank you for" in phone.services[0].screen[0].body, "there is no list to read it in"


def test_what_the_list_could_not_take_yet_rings_all_the_same(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run(at=MONDAY - HOUR)
    assert phone.world.items() == {}
    assert phone.live(to=EIGHTEEN, passes=False) == [(EIGHTEEN, THANKS)]
    phone.world.run(at=EIGHTEEN + HOUR)  # now it comes to the list, with a late alarm of its own
    phone.ring(EIGHTEEN + 2 * HOUR)
    assert phone.screen == [THANKS]


def test_what_was_ticked_meanwhile_stays_silent(thanked: Rung) -> None:
    remote_id, _ = thanked.world.only("thank_you")
    thanked.world.tasks.phone_complete(remote_id, EIGHTEEN - MINUTE)
    thanked.world.run(at=EIGHTEEN)
    thanked.ring()
    assert thanked.screen == []


def test_a_moved_task_rings_at_its_new_time_even_if_it_rang_before(thanked: Rung) -> None:
    thanked.ring(EIGHTEEN)
    remote_id, _ = thanked.world.only("thank_you")
    later = EIGHTEEN + 2 * HOUR
    thanked.world.tasks.phone_edit(remote_id, due_at=later, ring_at=later)
    thanked.world.run(at=EIGHTEEN + HOUR)
    assert thanked.next() == later
    thanked.ring(later - MINUTE)
    assert thanked.screen == [THANKS]
    thanked.ring(later)
    assert thanked.screen == [THANKS, THANKS]


def test_a_snooze_on_the_phone_puts_the_ring_off(thanked: Rung) -> None:
    remote_id, _ = thanked.world.only("thank_you")
    thanked.world.tasks.phone_edit(remote_id, snoozed_until=EIGHTEEN + HOUR)
    thanked.world.run(at=EIGHTEEN - 5 * MINUTE)
    thanked.ring(EIGHTEEN)
    assert thanked.screen == []
    thanked.ring(EIGHTEEN + HOUR)
    assert thanked.screen == [THANKS]


def test_what_rings_together_is_one_push(phone: Rung) -> None:
    phone.world.enter(interview(guests=(BO,)), interview("u2", company="Globex"))
    phone.world.run(at=MONDAY + 2 * HOUR)
    phone.ring(EIGHTEEN)
    (push,) = phone.services[0].screen
    assert push.title == "2 follow-ups are due"
    assert "- Thank Bo Ek (Initech)" in push.body
    assert "Globex" in push.body


def test_quiet_hours_are_kept_and_what_was_missed_comes_after_them(thanked: Rung) -> None:
    night, morning = EIGHTEEN + 4 * HOUR, EIGHTEEN + 14 * HOUR  # 22:00 and 08:00 in Berlin
    thanked.ring(night)
    assert thanked.screen == []
    assert thanked.next() == morning
    thanked.ring(morning)
    assert thanked.screen == [THANKS]


def test_an_address_that_is_down_is_tried_again_and_rings_once(thanked: Rung) -> None:
    service = thanked.services[0]
    service.fails = lambda: NotReady("ntfy does not answer.")
    report = thanked.ring(EIGHTEEN)
    assert report.problems == ["ntfy does not answer."]
    assert thanked.next() == EIGHTEEN + MINUTE
    thanked.ring(EIGHTEEN + MINUTE)
    assert thanked.next() == EIGHTEEN + 3 * MINUTE
    assert service.opened == 2
    thanked.ring(EIGHTEEN + 2 * MINUTE)
    assert service.opened == 2, "left alone until then"
    service.fails = None
    thanked.ring(EIGHTEEN + 3 * MINUTE)
    thanked.ring(EIGHTEEN + 4 * MINUTE)
    assert thanked.screen == [THANKS]


def test_an_address_that_was_down_for_a_ring_that_is_over_is_not_called_unreachable_for_ever(thanked: Rung) -> None:
    thanked.services = [PushService("#1", fails=lambda: NotReady("down"))]
    thanked.ring(EIGHTEEN)
    (address, _) = thanked.world.only("thank_you")
    thanked.world.tasks.phone_complete(address, EIGHTEEN)
    thanked.world.run()
    with Ledger.open(thanked.world.path) as ledger:
        assert ledger.health()["push #1"].state == "waiting"  # its pause is not over
    thanked.next(EIGHTEEN + 2 * MINUTE)
    with Ledger.open(thanked.world.path) as ledger:
        assert (ledger.health()["push #1"].state, ledger.health()["push #1"].words) == ("new", "")
    assert thanked.screen == []


def test_the_services_own_wish_to_wait_is_heeded(thanked: Rung) -> None:
    until = EIGHTEEN + 2 * HOUR
    thanked.services[0].fails = lambda: NotReady("ntfy is busy.", retry_at=until)
    thanked.ring(EIGHTEEN)
    assert thanked.next() == until


def test_a_push_whose_answer_was_lost_is_not_sent_again(thanked: Rung) -> None:
    thanked.services[0].loses = lambda: Uncertain("the answer was lost.")
    report = thanked.ring(EIGHTEEN)
    assert (report.uncertain, report.pushed) == (1, [])
    thanked.services[0].loses = None
    thanked.ring(EIGHTEEN + HOUR)
    assert thanked.screen == [THANKS]


def test_a_process_that_is_killed_while_it_sends_has_rung(thanked: Rung) -> None:
    thanked.services[0].loses = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        thanked.ring(EIGHTEEN)
    thanked.services[0].loses = None
    thanked.ring(EIGHTEEN + HOUR)
    assert thanked.screen == [THANKS]


def test_who_is_stopped_before_anything_left_rings_after_the_next_start(thanked: Rung) -> None:
    thanked.services[0].fails = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        thanked.ring(EIGHTEEN)
    thanked.services[0].fails = None
    thanked.ring(EIGHTEEN + MINUTE)
    thanked.ring(EIGHTEEN + 2 * MINUTE)
    assert thanked.screen == [THANKS]


def test_who_is_stopped_in_a_push_sends_the_others_after_the_next_start(phone: Rung) -> None:
    for n in range(4):
        phone.world.enter(interview(f"u{n}", MONDAY + n * DAY, company=f"Firm{n}"))
    phone.world.run(at=MONDAY + 4 * DAY)
    phone.services[0].loses = KeyboardInterrupt
    at = MONDAY + 9 * DAY  # one rings now, four are long past
    with pytest.raises(KeyboardInterrupt):
        phone.ring(at)
    phone.services[0].loses = None
    phone.ring(at + MINUTE)
    phone.ring(at + 2 * MINUTE)
    assert phone.screen == ["Heard from Firm0?", "4 follow-ups came due meanwhile"]


def test_two_processes_at_once_ring_once(thanked: Rung) -> None:
    service = thanked.services[0]

    def second() -> None:
        service.on_send = None
        thanked.ring()

    service.on_send = second
    thanked.ring(EIGHTEEN)
    assert thanked.screen == [THANKS]


def test_each_address_counts_for_itself(thanked: Rung) -> None:
    other = PushService("2", fails=lambda: Refused("Telegram does not know this chat."))
    thanked.services.append(other)
    thanked.ring(EIGHTEEN - HOUR)
    thanked.ring(EIGHTEEN)
    other.fails = None
    thanked.ring(EIGHTEEN + HOUR)
    assert thanked.screen == other.titles == [THANKS]


def test_days_of_silence_come_as_one_summary_once(phone: Rung) -> None:
    for n in range(4):
        phone.world.enter(interview(f"u{n}", MONDAY + n * DAY, company=f"Firm{n}"))
    phone.world.run(at=MONDAY + 4 * DAY)
    phone.ring(MONDAY + 7 * DAY)
    assert phone.screen == ["4 follow-ups came due meanwhile"]
    phone.ring(MONDAY + 7 * DAY + HOUR)
    assert len(phone.screen) == 1


def test_history_from_before_push_was_set_up_is_not_rung(tmp_path: Path) -> None:
    phone = rung(tmp_path)
    phone.world.enter(interview())
    phone.world.run(at=MONDAY + 2 * HOUR)
    phone.services = [PushService("new")]
    phone.ring(MONDAY + 3 * DAY)
    assert phone.screen == []


def test_what_was_withdrawn_does_not_ring(thanked: Rung) -> None:
    thanked.world.record(FactKind.VERDICT, thanked.world.thought().interviews[0].key, answer="no")
    thanked.ring(EIGHTEEN)
    assert thanked.screen == []


def test_without_an_address_nothing_is_planned(phone: Rung) -> None:
    phone.services = []
    assert phone.next() is None


def test_a_month_rings_every_follow_up_once(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run()
    seen = phone.live(to=MONDAY + 30 * DAY)
    assert [title for _, title in seen] == [THANKS, "Heard from Initech?"]
    assert seen[0][0] == EIGHTEEN


def test_a_changed_setting_moves_the_ring(thanked: Rung) -> None:
    assert thanked.next() == EIGHTEEN
    steps = {**thanked.world.settings.steps}
    steps["thank_you"] = replace(steps["thank_you"], ring=parse_ring("same day 19:00"))
    thanked.world.settings = replace(thanked.world.settings, steps=steps)
    assert thanked.next() == EIGHTEEN + HOUR


def test_what_is_missing_from_the_list_once_stays_silent_until_that_is_settled(thanked: Rung) -> None:
    thanked.ring(EIGHTEEN - HOUR)
    remote_id, fields = thanked.world.only("thank_you")
    thanked.world.tasks.drop(remote_id)
    thanked.world.run(at=EIGHTEEN - MINUTE, full=True)
    thanked.ring(EIGHTEEN)
    assert thanked.screen == []
    thanked.world.tasks.put(remote_id, fields)  # the listing was short; it was there all the time
    thanked.world.run(at=EIGHTEEN + MINUTE, full=True)
    thanked.ring()
    assert thanked.screen == [THANKS]


def test_nothing_rings_for_an_interview_that_may_have_been_deleted(phone: Rung) -> None:
    phone.deliver_to = ""
    phone.world.enter(interview())
    phone.world.run(at=MONDAY - HOUR)
    phone.world.events.drop("Personal", interview().resource)
    phone.world.run(at=MONDAY + HOUR - MINUTE, full=True)
    phone.ring(EIGHTEEN)
    assert phone.screen == []


def test_a_question_takes_its_own_answers_until_it_expires(thanked: Rung) -> None:
    question = Question("q" * 20, ("t-1",), (Choice.DONE,), "", EIGHTEEN)
    with Ledger.open(thanked.world.path) as ledger:
        ledger.questions.put(question)
        for at, taken in ((EIGHTEEN, Taken.NOTHING), (EIGHTEEN - MINUTE, Taken.RECORDED)):
            assert take_answer(ledger, question.id, Choice.DONE, thanked.world.settings, at) is taken
        assert take_answer(ledger, question.id, Choice.LATER, thanked.world.settings, EIGHTEEN - HOUR) is Taken.NOTHING


def test_many_processes_at_once_ring_once(thanked: Rung) -> None:
    together = threading.Barrier(6)

    def run() -> None:
        with Ledger.open(thanked.world.path) as ledger:
            together.wait()
            ring(ledger, thanked.terms(), [thanked.services[0].spec()], EIGHTEEN)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert thanked.screen == [THANKS]
