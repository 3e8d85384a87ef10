import tomllib
from datetime import date, time, timedelta

import pytest

from afterview.sync.errors import ConfigError
from afterview.sync.playbook import PlaybookSettings, Shift, parse_ring, parse_span, read_settings
from afterview.sync.playbook.hours import IsHoliday
from afterview.sync.playbook.settings import Per, Trigger, Whom


def read(text: str) -> PlaybookSettings:
    tables = tomllib.loads(text)
    return read_settings(
        tables.get("me", {"time_zone": "Europe/Berlin"}),
        tables.get("deliver", {}),
        tables.get("playbook", {}),
        tables.get("automation", []),
        holidays=holidays,
    )


def holidays(region: str) -> IsHoliday:
    if region != "DE":
        raise ConfigError(f'There are no holidays for "{region}".')
    return {date(2026, 4, 3)}.__contains__


def test_nothing_written_means_the_playbook_of_the_design() -> None:
    settings = read("")
    assert settings == PlaybookSettings(zone="Europe/Berlin")
    assert settings.steps["check_in"].due == parse_span("3 months")
    assert settings.steps["feedback"].wait == parse_span("18h")
    assert (settings.quiet.start, settings.quiet.end) == (time(21, 30), time(8))
    assert settings.business.shift is Shift.OFF


def test_every_number_can_be_set() -> None:
    settings = read("""
        me = { time_zone = "America/New_York", language = "de-AT" }
        [deliver]
        quiet_hours = "22:00-07:15"
        business_hours = { days = "Sun-Thu, Sat", from = "08:00", to = "16:30", holidays = "DE", shift = "later" }
        [playbook.thank_you]
        due = "2 days"
        ring = "same day 19:00 or 30m"
        per = "company"
        [playbook.check_in]
        enabled = false
        shift = "earlier"
        [playbook.paid_off]
        again_after = "30 days"
        [playbook.feedback]
        wait = "1 hour"
        [playbook.prepare]
        lessons = 5
    """)
    assert (settings.zone, settings.language) == ("America/New_York", "de")
    assert (settings.quiet.start, settings.quiet.end) == (time(22), time(7, 15))
    assert settings.business.days == frozenset({6, 0, 1, 2, 3, 5})
    assert settings.business.is_holiday(date(2026, 4, 3))
    thanks = settings.steps["thank_you"]
    assert (thanks.due, thanks.per) == (parse_span("2 days"), Per.COMPANY)
    assert thanks.ring.gap == timedelta(minutes=30)
    assert settings.steps["check_in"].enabled is False
    assert settings.steps["check_in"].shift is Shift.EARLIER
    assert settings.steps["prepare"].lessons == 5


def test_quiet_hours_can_be_switched_off() -> None:
    assert read('[deliver]\nquiet_hours = "off"').quiet.start is None


def test_an_own_step_is_read() -> None:
    (own,) = read("""
        [[automation]]
        id = "nudge"
        trigger = "silence"
        after = "10 business days"
        conditions = { company = ["Initech", "Globex"], stage = "onsite" }
        [automation.action]
        title = "Ask {company} how it stands"
        notes = "About {role}"
        due = "next business day 09:00"
        ring = "off"
        for = "recruiter"
    """).automations
    assert (own.id, own.trigger, own.whom) == ("nudge", Trigger.SILENCE, Whom.RECRUITER)
    assert own.after == parse_span("10 business days")
    assert own.conditions.companies == {"initech", "globex"}
    assert own.step.ring == parse_ring("off")


OWN = '[[automation]]\nid = "nudge"\ntrigger = "silence"\naction = {{ title = "Hello" }}\n'
WRONG = [
    ('[playbook.thanks]\ndue = "24h"', '"thanks"', "thank_you"),
    ('[playbook.feedback]\ndeu = "24h"', '"deu"', "due"),
    ('[playbook.feedback]\ndue = "soon"', "[playbook.feedback] due", "next business day 10:00"),
    ("[playbook.feedback]\ndue = 24", "[playbook.feedback] due", "in quotes"),
    ('[playbook.feedback]\nring = "never"', "[playbook.feedback] ring", "same day 18:00"),
    ('[playbook.feedback]\nenabled = "yes"', "[playbook.feedback] enabled", "true or false"),
    ('[playbook.feedback]\nshift = "up"', "[playbook.feedback] shift", "off, earlier, later"),
    ('[playbook.feedback]\nper = "company"', '"per"', "enabled"),
    ('[playbook.prepare]\ndue = "1h"', '"due"', "lessons"),
    ("[playbook.prepare]\nlessons = 0", "lessons", "1 to 10"),
    ('[playbook.thank_you]\nper = "all"', "per", "interviewer, company"),
    ("playbook = 3", "[playbook]", "a table"),
    ("[playbook]\nfeedback = true", "[playbook.feedback]", "a table"),
    ('me = { time_zone = "Mars/North" }', "time_zone", "Europe/Berlin"),
    ('me = { language = "nl" }', "language", "en, de, fr, es"),
    ('[deliver]\nquiet_hours = "22:00"', "quiet_hours", "21:30-08:00"),
    ('[deliver]\nquiet_hours = "22:00-22:00"', "quiet_hours", "21:30-08:00"),
    ('[deliver]\nbusiness_hours = { days = "weekdays" }', "days", "Mon-Fri"),
    ('[deliver]\nbusiness_hours = { from = "18:00" }', "to", "later than 18:00"),
    ('[deliver]\nbusiness_hours = { holidays = "XX" }', "XX", "no holidays"),
    ('[deliver]\nbusiness_hours = { open = "08:00" }', '"open"', "from"),
    ('[automation]\nid = "x"', "[[automation]]", "two brackets"),
    ('[[automation]]\nid = "Nudge!"', "id", "small letters"),
    ('[[automation]]\nid = "feedback"', "id", "no other step"),
    (OWN.format() + OWN.format(), "id", "no other step"),
    ('[[automation]]\nid = "x"\ntrigger = "birthday"', "trigger", "interview_ended"),
    ('[[automation]]\nid = "x"\ntrigger = "silence"', "action", "a table"),
    ('[[automation]]\nid = "x"\ntrigger = "task_completed"', "conditions.step", "feedback"),
    ('[[automation]]\nid = "x"\ntrigger = "silence"\nconditions = { step = "y" }', "conditions.step", "feedback"),
    ('[[automation]]\nid = "x"\ntrigger = "silence"\nconditions = { outcome = "won" }', "outcome", "accepted"),
    (OWN.format().replace("Hello", "Hello {name}"), "{name}", "{person}"),
    (OWN.format().replace("Hello", "Hello {person.email}"), "{person.email}", "{person}"),
    (OWN.format().replace("title", "titel"), '"titel"', "title"),
]


@pytest.mark.parametrize(("text", "where", "allowed"), WRONG)
def test_a_mistake_is_one_sentence_that_names_the_key_and_what_is_allowed(text: str, where: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    sentence = str(caught.value)
    assert where in sentence
    assert allowed in sentence
    assert "\n" not in sentence
