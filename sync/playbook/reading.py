"""From the tables of the configuration to `PlaybookSettings`. A wrong key, type or value is one sentence.

Of `[me]` and `[deliver]` only what the playbook needs is read; `sync.config` has checked their other keys.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import ConfigError
from ..identity import plain
from ..model import Outcome
from ..wording import LANGUAGES, PLACEHOLDERS
from . import rings, spans, values
from .hours import BusinessHours, IsHoliday, QuietHours, Shift, no_holidays
from .settings import (
    Automation,
    Conditions,
    Per,
    PlaybookSettings,
    Step,
    StepSettings,
    Trigger,
    Whom,
    default_steps,
)

Holidays = Callable[[str], IsHoliday]  # region as written in the configuration -> is that day a holiday?
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STEP_KEYS = ("enabled", "due", "ring", "shift", "wait")
_EXTRA_KEYS = {Step.THANK_YOU: ("per",), Step.PAID_OFF: ("again_after",)}
_PREPARE_KEYS = ("enabled", "ring", "lessons")  # its deadline is the interview
_HOURS_KEYS = ("days", "from", "to", "holidays", "shift")
_AUTOMATION_KEYS = ("id", "enabled", "trigger", "after", "conditions", "action")
_CONDITION_KEYS = ("company", "stage", "outcome", "step")
_ACTION_KEYS = ("title", "notes", "due", "ring", "shift", "wait", "for")


def read_settings(
    me: Mapping[str, Any],
    deliver: Mapping[str, Any],
    playbook: object,
    automations: object,
    *,
    holidays: Holidays | None = None,
) -> PlaybookSettings:
    """Read and check `[me]`, `[deliver]`, `[playbook]` and every `[[automation]]`.

    `holidays` gives the public holidays of a region; it may raise ConfigError for one it does not know.
    """
    steps = dict(default_steps())
    tables = values.table_of("[playbook]", playbook)
    values.known_keys("[playbook]", tables, steps)
    for name, table in tables.items():
        steps[name] = _step(name, values.table_of(f"[playbook.{name}]", table), steps[name])
    return PlaybookSettings(
        zone=_zone(me.get("time_zone", "UTC")),
        language=_language(me.get("language", "en")),
        quiet=_quiet(deliver.get("quiet_hours")),
        business=_business(deliver.get("business_hours", {}), holidays),
        steps=steps,
        automations=_automations(automations, steps),
    )


def _zone(value: object) -> str:
    try:
        return ZoneInfo(values.text("[me] time_zone", value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise values.wrong("[me] time_zone", value, 'the name of a time zone such as "Europe/Berlin"') from None


def _language(value: object) -> str:
    language = values.text("[me] language", value).replace("_", "-").split("-")[0].lower()
    if language not in LANGUAGES:
        raise values.wrong("[me] language", value, "one of " + ", ".join(LANGUAGES))
    return language


def _quiet(value: object) -> QuietHours:
    if value is None:
        return QuietHours()
    if value in {"", "off"}:
        return QuietHours(None, None)
    where = "[deliver] quiet_hours"
    start, _, end = values.text(where, value).partition("-")
    try:
        quiet = QuietHours(spans.parse_time(start), spans.parse_time(end))
    except ValueError:
        quiet = QuietHours(time(), time())
    if quiet.start == quiet.end:
        raise values.wrong(where, value, 'two times such as "21:30-08:00", or "off"')
    return quiet


def _business(value: object, holidays: Holidays | None) -> BusinessHours:
    where = "[deliver] business_hours"
    table = values.table_of(where, value)
    values.known_keys(where, table, _HOURS_KEYS)
    base = BusinessHours()
    region = values.text(f"{where}.holidays", table.get("holidays", "")).strip()
    hours = BusinessHours(
        days=_days(f"{where}.days", table["days"]) if "days" in table else base.days,
        opens=values.clock(f"{where}.from", table["from"]) if "from" in table else base.opens,
        closes=values.clock(f"{where}.to", table["to"]) if "to" in table else base.closes,
        region=region,
        shift=values.one_of(f"{where}.shift", table["shift"], Shift) if "shift" in table else base.shift,
        is_holiday=holidays(region) if holidays and region else no_holidays,
    )
    if hours.opens >= hours.closes:
        raise values.wrong(f"{where}.to", table.get("to", "17:00"), f"later than {hours.opens:%H:%M}")
    return hours


def _days(where: str, value: object) -> frozenset[int]:
    """Read "Mon-Fri" or "Mon, Tue, Thu"; a span may go over the weekend ("Sun-Thu")."""
    found: set[int] = set()
    for part in re.split(r"\s*,\s*", values.text(where, value).strip().lower()):
        ends = [end.strip()[:3] for end in part.split("-")]
        if len(ends) > 2 or any(end not in _DAYS for end in ends):
            raise values.wrong(where, value, 'days such as "Mon-Fri" or "Mon, Tue, Thu"')
        first, last = _DAYS.index(ends[0]), _DAYS.index(ends[-1])
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return frozenset(found)


def _step(name: str, table: Mapping[str, Any], base: StepSettings) -> StepSettings:
    where = f"[playbook.{name}]"
    keys = _PREPARE_KEYS if name == Step.PREPARE else (*_STEP_KEYS, *_EXTRA_KEYS.get(Step(name), ()))
    values.known_keys(where, table, keys)
    changed = _rule(where, table, base)
    if "per" in table:
        changed = replace(changed, per=values.one_of(f"{where} per", table["per"], Per))
    if "again_after" in table:
        changed = replace(changed, again_after=values.span(f"{where} again_after", table["again_after"]))
    if "lessons" in table:
        changed = replace(changed, lessons=values.count(f"{where} lessons", table["lessons"]))
    return changed


def _rule(where: str, table: Mapping[str, Any], base: StepSettings) -> StepSettings:
    """Read what every step has."""
    return replace(
        base,
        enabled=values.truth(f"{where} enabled", table["enabled"]) if "enabled" in table else base.enabled,
        due=values.span(f"{where} due", table["due"]) if "due" in table else base.due,
        ring=values.ring(f"{where} ring", table["ring"]) if "ring" in table else base.ring,
        shift=values.one_of(f"{where} shift", table["shift"], Shift) if "shift" in table else base.shift,
        wait=values.span(f"{where} wait", table["wait"]) if "wait" in table else base.wait,
    )


def _automations(tables: object, steps: Mapping[str, Any]) -> tuple[Automation, ...]:
    if not isinstance(tables, list | tuple):
        raise ConfigError("Automations are written as [[automation]], with two brackets.")
    found: list[Automation] = []
    listed: Sequence[object] = tables
    for number, raw in enumerate(listed, start=1):
        table = values.table_of(f"[[automation]] number {number}", raw)
        found.append(_automation(number, table, [*steps, *(one.id for one in found)]))
    return tuple(found)


def _automation(number: int, table: Mapping[str, Any], taken: Sequence[str]) -> Automation:
    where = f"[[automation]] number {number}"
    name = values.text(f"{where} id", table.get("id"))
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
        raise values.wrong(f"{where} id", name, "small letters, digits, dashes and underscores, at most 40")
    if name in taken:
        raise values.wrong(f"{where} id", name, "a name that no other step has")
    where = f'[[automation]] "{name}"'
    values.known_keys(where, table, _AUTOMATION_KEYS)
    trigger = values.one_of(f"{where} trigger", table.get("trigger"), Trigger)
    conditions = _conditions(f"{where} conditions", values.table_of(f"{where} conditions", table.get("conditions", {})))
    if trigger is Trigger.TASK_COMPLETED and not conditions.steps:
        raise values.wrong(f"{where} conditions.step", None, f"the step it waits for, one of {', '.join(taken)}")
    if unknown := conditions.steps - set(taken):
        raise values.wrong(f"{where} conditions.step", min(unknown), f"one of {', '.join(taken)}")
    action = values.table_of(f"{where} action", table.get("action"))
    values.known_keys(f"{where} action", action, _ACTION_KEYS)
    base = StepSettings(spans.parse_span("24h"), rings.parse_ring("10:00"))
    rule = replace(
        _rule(f"{where} action", action, base), enabled=values.truth(f"{where} enabled", table.get("enabled", True))
    )
    return Automation(
        id=name,
        trigger=trigger,
        title=_template(f"{where} action.title", action.get("title"), lines=1),
        step=rule,
        notes=_template(f"{where} action.notes", action["notes"], lines=60) if "notes" in action else "",
        whom=values.one_of(f"{where} action.for", action.get("for", "company"), Whom),
        conditions=conditions,
        after=values.span(f"{where} after", table.get("after", "14 days")),
    )


def _conditions(where: str, table: Mapping[str, Any]) -> Conditions:
    values.known_keys(where, table, _CONDITION_KEYS)
    outcomes = values.several(f"{where}.outcome", table.get("outcome", []))
    for word in outcomes:
        values.one_of(f"{where}.outcome", word, Outcome)
    return Conditions(
        companies=frozenset(plain(name) for name in values.several(f"{where}.company", table.get("company", []))),
        stages=frozenset(values.several(f"{where}.stage", table.get("stage", []))),
        outcomes=frozenset(outcomes),
        steps=frozenset(values.several(f"{where}.step", table.get("step", []))),
    )


def _template(where: str, value: object, lines: int) -> str:
    """Read a text of the user's own; a placeholder that does not exist is refused here, not shown on the phone."""
    text = values.text(where, value).strip()
    for name in re.findall(r"\{([^{}]*)\}", text):
        if name not in PLACEHOLDERS:
            raise values.wrong(where, f"{{{name}}}", "made with " + ", ".join(f"{{{p}}}" for p in PLACEHOLDERS))
    if not text or text.count("\n") >= lines or len(text) > 200 * lines:
        raise values.wrong(
            where, value, "one line of text, at most 200 characters" if lines == 1 else "at most 60 lines"
        )
    return text
