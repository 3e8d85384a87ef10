"""From a calendar to the right tasks: the real command on real servers."""

from datetime import date, datetime, timedelta

import pytest

from tests.system.home import Home, due, ring
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY, berlin, utc


def test_two_interviewers_get_one_thank_you_each_and_a_second_pass_writes_nothing(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    report = home.sync(AFTER)
    assert (report["created"], report["state"]) == (3, "ok")
    thanks = list(home.todos("thank_you").values())
    assert len(thanks) == 2
    assert [due(todo) for todo in thanks] == [utc(2026, 9, 8, 9)] * 2
    assert [ring(todo) for todo in thanks] == [utc(2026, 9, 7, 16)] * 2
    assert sorted(name for todo in thanks for name in ("Ana Lima", "Bo Ek") if name in todo["SUMMARY"]) == [
        "Ana Lima",
        "Bo Ek",
    ]
    home.server.gate.reset()
    home.settle()
    assert home.server.gate.writes() == []


def test_a_pass_with_nothing_new_asks_each_collection_once(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    home.settle(1)
    home.server.gate.reset()
    report = home.sync(AFTER + 30 * timedelta(minutes=1))
    assert report["requests"] == 2
    assert len(home.server.gate.log) == 2
    assert max(passed.bytes_up for passed in home.server.gate.log) <= 1024
    assert max(passed.bytes_down for passed in home.server.gate.log) <= 1024


def test_moved_before_it_took_place(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync()
    home.enter("u1", invitation("u1", MONDAY + DAY, sequence=1))
    home.sync(AFTER)
    assert home.todos() == {}
    home.sync(AFTER + DAY)
    assert due(home.only("thank_you")[1]) == utc(2026, 9, 9, 9)


def test_moved_back_after_it_seemed_to_be_over(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    home.enter("u1", invitation("u1", MONDAY + DAY, sequence=1))
    home.sync(AFTER + HOUR)
    assert home.open_steps() == []
    home.sync(AFTER + DAY)
    assert home.open_steps() == ["ask_outcome", "thank_you"]
    assert due(home.only("thank_you")[1]) == utc(2026, 9, 9, 9)


def test_shortened_afterwards(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, end=MONDAY + 2 * HOUR))
    home.sync(AFTER)
    home.enter("u1", invitation("u1", MONDAY, sequence=1))
    home.settle(2)
    assert due(home.only("thank_you")[1]) == utc(2026, 9, 8, 9)


def test_replaced_by_a_new_uid_with_the_same_people(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync()
    home.remove("u1")
    home.enter("u2", invitation("u2", MONDAY + DAY))
    home.sync(AFTER)
    assert home.todos() == {}
    home.sync(AFTER + DAY)
    home.settle()
    assert home.open_steps() == ["ask_outcome", "thank_you"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "CANCELLED"},
        {"title": "Canceled: Job interview with Initech"},
        {"title": "Abgesagt: Vorstellungsgespräch Initech"},
        {"title": "Annulé : Entretien d'embauche Initech"},
        {"title": "Cancelado: Entrevista de trabajo Initech"},
        {"my_reply": "DECLINED"},
    ],
    ids=["status", "en", "de", "fr", "es", "declined"],
)
def test_cancelled_or_declined_leaves_nothing_behind(home: Home, changes: dict[str, str]) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    assert home.open_steps() == ["ask_outcome", "thank_you"]
    home.enter("u1", invitation("u1", MONDAY, sequence=1, **changes))  # type: ignore[arg-type]  # texts only
    home.settle(2)
    assert home.todos() == {}


def test_two_calendars_with_the_same_interview_make_one_set(home: Home) -> None:
    other = home.server.make(f"work-{home.path.name[-24:]}".replace("_", "-"), "VEVENT")
    home.write_config()
    text = (home.path / "config.toml").read_text()
    (home.path / "config.toml").write_text(text.replace(f'["{home.calendar}"]', f'["{home.calendar}", "{other}"]'))
    home.enter("u1", invitation("u1", MONDAY))
    home.enter("copy", invitation("another-uid", MONDAY), other)
    home.sync(AFTER)
    home.settle(1)
    assert home.open_steps() == ["ask_outcome", "thank_you"]


def test_two_companies_at_the_same_hour_are_two(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.enter("u2", invitation("u2", MONDAY, company="Globex", guests=(("Cy Moss", "cy@globex.example"),)))
    home.sync(AFTER)
    assert home.open_steps() == ["ask_outcome", "ask_outcome", "thank_you", "thank_you"]


def test_a_later_round_asks_once_and_two_slots_of_one_day_are_one_round(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.enter("u2", invitation("u2", MONDAY + 2 * HOUR, guests=(BO,)))
    home.sync(AFTER + 2 * HOUR)
    assert home.open_steps() == ["ask_outcome", "thank_you", "thank_you"]
    first = due(home.only("ask_outcome")[1])
    home.enter("u3", invitation("u3", MONDAY + 4 * DAY, title="Job interview with Initech - final round"))
    home.sync(AFTER + 4 * DAY)
    asks = [todo for todo in home.todos("ask_outcome").values() if todo["STATUS"] == "NEEDS-ACTION"]
    assert len(asks) == 1
    assert due(asks[0]) > first


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (date(2026, 9, 7), None, utc(2026, 9, 8, 15)),  # all day: over at 17:00
        (datetime(2026, 9, 7, 10), None, utc(2026, 9, 8, 9)),  # noqa: DTZ001 -- floating: on the user's clock
        (berlin(2026, 9, 7, 23), berlin(2026, 9, 8, 1), utc(2026, 9, 8, 23)),
        (utc(2026, 9, 7, 8), None, utc(2026, 9, 8, 9)),
        (berlin(2026, 10, 25, 1, 30), berlin(2026, 10, 25, 2, 30), utc(2026, 10, 26, 0, 30)),
    ],
    ids=["all-day", "floating", "over-midnight", "utc", "double-hour"],
)
def test_due_is_24_hours_after_the_end_whatever_the_clock(
    home: Home, start: date, end: datetime | None, wanted: datetime
) -> None:
    home.enter("u1", invitation("u1", start, end=end))
    home.sync(wanted - 12 * HOUR)
    _, todo = home.only("thank_you")
    assert due(todo) == wanted
    rings = ring(todo)
    assert rings
    assert rings <= wanted


def test_a_first_start_with_three_years_of_history_nags_about_nothing(fresh: Home) -> None:
    for week in range(1, 157, 6):
        when = MONDAY - week * 7 * DAY
        fresh.enter(
            f"h{week}", invitation(f"h{week}", when, company=f"Firm{week}", guests=(("A B", f"a@firm{week}.example"),))
        )
    fresh.sync(AFTER)
    fresh.settle(1)
    assert [todo for todo in fresh.todos().values() if due(todo) < fresh.now] == []


@pytest.mark.parametrize(
    ("shift", "wanted"), [("off", utc(2026, 4, 3, 15)), ("earlier", utc(2026, 4, 2, 15)), ("later", utc(2026, 4, 7, 7))]
)
def test_deadlines_move_out_of_the_german_easter_holidays(fresh: Home, shift: str, wanted: datetime) -> None:
    """2 April 2026 is the Thursday before Good Friday; Monday the 6th is a holiday too."""
    hours = f'business_hours = {{ days = "Mon-Fri", from = "09:00", to = "17:00", holidays = "DE", shift = "{shift}" }}'
    fresh.write_config(more=hours)
    fresh.sync(utc(2026, 4, 1, 8))
    fresh.enter("u1", invitation("u1", berlin(2026, 4, 2, 16)))
    fresh.sync(utc(2026, 4, 2, 16))
    _, todo = fresh.only("thank_you")
    assert due(todo) == wanted
    assert due(todo) >= utc(2026, 4, 2, 15)
