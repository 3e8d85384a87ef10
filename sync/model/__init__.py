"""The words of the design as types. Records only: frozen, comparable, without behaviour that needs a clock or I/O."""

from .contact import Contact
from .event import Event, EventStatus, Glance, Participant, ParticipantKind, Reply
from .fact import Fact, FactKind, Outcome
from .interview import Answer, Application, Interview, InterviewStatus, Owner, Person, Perspective, Reason, Verdict
from .known import About, Row
from .question import Choice, Question
from .record import OURS_ALONE, Fields, Link, LinkState, RecordDraft, RecordKind, RemoteRecord
from .task import FollowUp, RemoteTask, Standing, TaskDraft, TaskFields, TaskStatus

__all__ = [
    "OURS_ALONE",
    "About",
    "Answer",
    "Application",
    "Choice",
    "Contact",
    "Event",
    "EventStatus",
    "Fact",
    "FactKind",
    "Fields",
    "FollowUp",
    "Glance",
    "Interview",
    "InterviewStatus",
    "Link",
    "LinkState",
    "Outcome",
    "Owner",
    "Participant",
    "ParticipantKind",
    "Person",
    "Perspective",
    "Question",
    "Reason",
    "RecordDraft",
    "RecordKind",
    "RemoteRecord",
    "RemoteTask",
    "Reply",
    "Row",
    "Standing",
    "TaskDraft",
    "TaskFields",
    "TaskStatus",
    "Verdict",
]
