"""The alarm of a task: which one is ours, when it rings, what a phone wrote beside it (RFC 5545 section 3.6.6, RFC 9074).

Ours carries the UID `av1-alarm-` + key. Clients strip alarm UIDs; then the earliest alarm that can be ours is, and a
later absolute one beside it is a snooze. A sentinel far in the past (Apple: 1976-04-01T00:55:45Z) is no alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .document import Document
from .lines import Line, make, make_text, unescape
from .profiles import Profile
from .zones import YEARS, Zones, parse_duration, parse_stamp, written_duration, written_stamp

_SENTINEL_YEAR = 2000
_PREFIX = "av1-alarm-"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as found. `rings_at` None = cannot be told (relative to a date that is not there)."""

    place: tuple[int, int]
    uid: str
    rings_at: datetime | None
    absolute: bool
    words: str
    rewritten: bool  # by a client that gives alarms UIDs of its own


@dataclass(frozen=True, slots=True)
class Anchors:
    """What relative triggers refer to, in UTC."""

    starts_at: datetime | None
    due_at: datetime | None


def alarm_uid(key: str) -> str:
    """Return the UID of our own alarm."""
    return _PREFIX + key


def found_alarms(document: Document, zones: Zones, anchors: Anchors) -> list[Alarm]:
    """Return the alarms that mean something, as they stand."""
    alarms = [_alarm(document.lines[begin:end], (begin, end), zones, anchors) for begin, end in document.alarms()]
    return [alarm for alarm in alarms if alarm is not None]


def own_alarm(alarms: Sequence[Alarm], key: str, *titles: str) -> Alarm | None:
    """Choose our alarm: by its UID; else, of those without one, the one that says the title, then the earliest.

    A single alarm with a UID of Apple's making is ours, rewritten; any other with a foreign UID is the user's.
    """
    if not key:
        return None
    named = [alarm for alarm in alarms if alarm.uid == alarm_uid(key)]
    if named:
        return named[0]
    nameless = [alarm for alarm in alarms if alarm.rings_at and not alarm.uid]
    rewritten = [alarm for alarm in alarms if alarm.rings_at and alarm.rewritten]
    return min(
        nameless or (rewritten if len(rewritten) == 1 else []),
        key=lambda alarm: (alarm.words not in titles, alarm.rings_at or _NEVER, alarm.absolute),
        default=None,
    )


def snoozed(document: Document, alarms: Sequence[Alarm], ours: Alarm | None, now: datetime) -> datetime | None:
    """Return until when a phone put the reminder off: X-MOZ-SNOOZE-TIME, or another absolute alarm later than ours."""
    waiting = [parse_stamp(document.value("X-MOZ-SNOOZE-TIME"))]
    if ours is not None and ours.rings_at is not None:
        later = [
            a.rings_at for a in alarms if a is not ours and a.absolute and a.rings_at and a.rings_at > ours.rings_at
        ]
        waiting += later
    moments = [one for one in waiting if isinstance(one, datetime) and one.tzinfo and one.year in YEARS]
    ahead = [moment for moment in moments if moment > now and (ours is None or moment != ours.rings_at)]
    return max(ahead, default=None)


def alarm_lines(key: str, title: str, profile: Profile, rings_at: datetime, due_at: datetime | None) -> list[Line]:
    """Write our alarm in the profile's form."""
    if profile.trigger == "at-start":
        trigger = make("TRIGGER", "PT0S")
    elif profile.trigger == "from-due" and due_at is not None:
        trigger = make("TRIGGER", written_duration(rings_at - due_at), ("RELATED", "END"))
    else:
        trigger = make("TRIGGER", written_stamp(rings_at), ("VALUE", "DATE-TIME"))
    return [
        make("BEGIN", "VALARM"),
        make("UID", alarm_uid(key)),
        make("ACTION", "DISPLAY"),
        make_text("DESCRIPTION", title),
        trigger,
        make("END", "VALARM"),
    ]


_NEVER = datetime.max.replace(tzinfo=UTC)


def _alarm(lines: Sequence[Line], place: tuple[int, int], zones: Zones, anchors: Anchors) -> Alarm | None:
    values = {line.name: line for line in reversed(lines)}
    trigger = values.get("TRIGGER")
    if trigger is None:
        return None
    uid = values["UID"].value.strip() if "UID" in values else ""
    absolute = trigger.param("VALUE").upper() == "DATE-TIME" or parse_stamp(trigger.value) is not None
    rings_at = zones.moment(trigger) if absolute else _relative(trigger, anchors)
    if absolute and (rings_at is None or rings_at.year < _SENTINEL_YEAR):
        return None
    words = unescape(values["DESCRIPTION"].value) if "DESCRIPTION" in values else ""
    return Alarm(place, uid, rings_at, absolute, words, rewritten="X-WR-ALARMUID" in values)


def _relative(trigger: Line, anchors: Anchors) -> datetime | None:
    length = parse_duration(trigger.value)
    from_end = trigger.param("RELATED").upper() == "END"
    anchor = anchors.due_at if from_end else anchors.starts_at or anchors.due_at
    if length is None or anchor is None or abs(length) > timedelta(days=3660):
        return None
    return anchor + length
