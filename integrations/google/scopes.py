"""What each feature asks Google for: the least that it needs, and never the right to change the user's own events.

Source: the scopes that the discovery documents name per method.
"""

from collections.abc import Iterable
from enum import StrEnum

_PREFIX = "https://www.googleapis.com/auth/"


class Feature(StrEnum):
    """What an account can be used for, each with a permission of its own on Google's page."""

    READ = "read"  # interviews from calendars
    CHOOSE = "choose"  # calendars by name; without it the main one, and others by their id
    TASKS = "tasks"  # follow-ups in Google Tasks
    RING = "ring"  # reminders at a time, in a calendar that Afterview makes


SCOPES = {
    Feature.READ: _PREFIX + "calendar.events.readonly",
    Feature.CHOOSE: _PREFIX + "calendar.calendarlist.readonly",
    Feature.TASKS: _PREFIX + "tasks",
    Feature.RING: _PREFIX + "calendar.app.created",
}


def scopes_for(features: Iterable[Feature]) -> tuple[str, ...]:
    """Return the scopes to ask for, in a fixed order."""
    wanted = frozenset(features)
    return tuple(SCOPES[feature] for feature in Feature if feature in wanted)


def features_in(scopes: Iterable[str]) -> frozenset[Feature]:
    """Return what can be done with these scopes."""
    granted = frozenset(scopes)
    return frozenset(feature for feature in Feature if SCOPES[feature] in granted)
