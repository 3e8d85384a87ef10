"""The numbers of the playbook, each a setting with the default of the design. Made by `reading.read_settings`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from .hours import BusinessHours, QuietHours, Shift
from .rings import RingRule, parse_ring
from .spans import Span, parse_span


class Step(StrEnum):
    """The steps that come with Afterview."""

    THANK_YOU = "thank_you"
    ASK_OUTCOME = "ask_outcome"
    FEEDBACK = "feedback"
    THANK_ADVICE = "thank_advice"
    PAID_OFF = "paid_off"
    CHECK_IN = "check_in"
    PREPARE = "prepare"  # before an interview: what was advised so far
    ASK_INTERVIEW = "ask_interview"  # after an event that may have been an interview: was it one?


class Per(StrEnum):
    """How many thank-yous an interview calls for."""

    INTERVIEWER = "interviewer"
    COMPANY = "company"


class Trigger(StrEnum):
    """What starts one of the user's own steps."""

    INTERVIEW_ENDED = "interview_ended"
    OUTCOME_RECORDED = "outcome_recorded"
    ADVICE_NOTED = "advice_noted"
    TASK_COMPLETED = "task_completed"
    SILENCE = "silence"


class Whom(StrEnum):
    """Whom one of the user's own steps concerns."""

    INTERVIEWERS = "interviewers"  # one task each
    INTERVIEWER = "interviewer"  # the main one
    RECRUITER = "recruiter"
    COMPANY = "company"


_AT_ONCE = parse_span("0h")
_A_QUARTER = parse_span("90 days")
_SILENCE = parse_span("14 days")


@dataclass(frozen=True, slots=True)
class StepSettings:
    """How one step behaves.

    `due` counts from what began it; `wait` is the least time in between. `shift` None takes that of the business hours.
    `per` matters to `thank_you`, `again_after` (how often one adviser is told) to `paid_off`, `lessons` (how many are
    shown) to `prepare`.
    """

    due: Span
    ring: RingRule
    enabled: bool = True
    shift: Shift | None = None
    wait: Span = _AT_ONCE
    per: Per = Per.INTERVIEWER
    again_after: Span = _A_QUARTER
    lessons: int = 3


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must be so for an own step; an empty set asks for nothing. Companies are folded (`identity.plain`)."""

    companies: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Automation:
    """A step of the user's own. `title` and `notes` are their words with placeholders from a closed list."""

    id: str
    trigger: Trigger
    title: str
    step: StepSettings
    notes: str = ""
    whom: Whom = Whom.COMPANY
    conditions: Conditions = Conditions()
    after: Span = _SILENCE  # how long a silence is


def default_steps() -> Mapping[str, StepSettings]:
    """Return the playbook of the design."""
    rules = {
        Step.THANK_YOU: StepSettings(parse_span("24h"), parse_ring("same day 18:00 or 2h")),
        Step.ASK_OUTCOME: StepSettings(parse_span("7 business days"), parse_ring("10:00")),
        Step.FEEDBACK: StepSettings(parse_span("next business day 10:00"), parse_ring("10:00"), wait=parse_span("18h")),
        Step.THANK_ADVICE: StepSettings(parse_span("24h"), parse_ring("1h")),
        Step.PAID_OFF: StepSettings(parse_span("24h"), parse_ring("1h")),
        Step.CHECK_IN: StepSettings(parse_span("3 months"), parse_ring("10:00")),
        Step.PREPARE: StepSettings(parse_span("0h"), parse_ring("day before 18:00 or 2h")),
        Step.ASK_INTERVIEW: StepSettings(parse_span("24h"), parse_ring("same day 18:00 or 2h")),
    }
    return MappingProxyType({step.value: rule for step, rule in rules.items()})


@dataclass(frozen=True, slots=True)
class PlaybookSettings:
    """Everything the playbook can be told. `zone` is the IANA name of the user's own clock."""

    zone: str = "UTC"
    language: str = "en"
    quiet: QuietHours = field(default_factory=QuietHours)
    business: BusinessHours = field(default_factory=BusinessHours)
    steps: Mapping[str, StepSettings] = field(default_factory=default_steps)
    automations: tuple[Automation, ...] = ()

    @property
    def clock(self) -> ZoneInfo:
        """The user's time zone."""
        return ZoneInfo(self.zone)

    @property
    def step_names(self) -> frozenset[str]:
        """Every step there is now; a task of any other was made by an automation that has been removed."""
        return frozenset(self.steps) | {automation.id for automation in self.automations}
