"""The words of the design as types. Records only: frozen, comparable, without behaviour that needs a clock or I/O."""

from .event import Event, EventStatus, Glance, Participant, ParticipantKind, Reply
from .fact import Fact, FactKind, Outcome
from .interview import Answer, Application, Interview, InterviewStatus, Owner, Person, Perspective, Reason, Verdict
from .known import About, Row
from .question import Choice, Question
from .task import FollowUp, RemoteTask, Standing, TaskDraft, TaskFields, TaskStatus

__all__ = [
    "About",
    "Answer",
    "Application",
    "Choice",
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
    "Question",
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
