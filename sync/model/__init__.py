"""The words of the design as types. Records only: frozen, comparable, without behaviour that needs a clock or I/O."""

from .event import Event, EventStatus, Glance, Participant, ParticipantKind, Reply
from .fact import Fact, FactKind, Outcome
from .interview import Answer, Application, Interview, InterviewStatus, Owner, Person, Perspective, Reason, Verdict
from .known import About, Row
from .task import FollowUp, RemoteTask, Standing, TaskDraft, TaskFields, TaskStatus

__all__ = [
    "About",
    "Answer",
    "Application",
    "Event",
    "EventStatus",
    "Fact",
    "FactKind",
    "FollowUp",
    "Glance",
    "Interview",
    "InterviewStatus",
    "Outcome",
    "Owner",
    "Participant",
    "ParticipantKind",
    "Person",
    "Perspective",
    "Reason",
    "RemoteTask",
    "Reply",
    "Row",
    "Standing",
    "TaskDraft",
    "TaskFields",
    "TaskStatus",
    "Verdict",
]
