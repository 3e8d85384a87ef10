"""The playbook: which follow-ups an interview, an outcome or a piece of advice calls for, and when. Pure."""

from .hours import BusinessHours, IsHoliday, QuietHours, Shift, no_holidays
from .plan import Plan, want
from .reading import read_settings
from .rings import RingRule, parse_ring
from .settings import Automation, PlaybookSettings, Step, StepSettings
from .spans import Span, parse_span

__all__ = [
    "Automation",
    "BusinessHours",
    "IsHoliday",
    "Plan",
    "PlaybookSettings",
    "QuietHours",
    "RingRule",
    "Shift",
    "Span",
    "Step",
    "StepSettings",
    "no_holidays",
    "parse_ring",
    "parse_span",
    "read_settings",
    "want",
]
