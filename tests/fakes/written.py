"""The in-memory twin of a CalDAV task list down to the text: tasks are written by our own hand and edited by real habits.

The engine's edits go through `integrations/ical`, a person's through `tests.fakes.phones`; what stands on the server is
text, and every reader reads it anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.todo import edited_task, new_task, read_task
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from tests.fakes.memory import Stored, TaskServer, remote_id_of
from tests.fakes.phones import BERLIN, PHONES, Phone, Task

PROFILE = profiles()["android"]
OWN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VTODO\r\nUID:{uid}\r\nDTSTAMP:20260901T080000Z\r\n"
    "SUMMARY:{title}\r\nX-OWN;X-P=q:1\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
)
FOREIGN = (
    "X-OTHER;X-P=q:a\\, b\r\nRELATED-TO;RELTYPE=PARENT:p-1\r\nBEGIN:VALARM\r\nUID:other-1\r\nACTION:AUDIO\r\n"
    "TRIGGER;RELATED=END:-PT5M\r\nX-LOUD:yes\r\nEND:VALARM\r\n"
)


@dataclass(slots=True)
class WrittenServer(TaskServer):
    """The service. An item's `extra` is its text; `phone` is the app in the user's hand."""

    phone: Phone = PHONES[0]

    def take_new(self, draft: TaskDraft) -> None:
        self._keep(remote_id_of(draft.key), new_task(draft, PROFILE, self.watch.now, alarm=True))

    def take_change(self, task: RemoteTask, fields: TaskFields) -> None:
        self._keep(task.remote_id, edited_task(task.raw, fields, PROFILE, BERLIN, self.watch.now, alarm=True))

    def _keep(self, remote_id: str, text: str) -> Stored:
        """Store a text; what it means follows from it."""
        key, fields = read_task(text, BERLIN, self.watch.now)
        return self.put(remote_id, fields, key=key, extra=text)

    def phone_store(self, remote_id: str) -> None:
        """Store beside ours what another client knows."""
        text = self.items[remote_id].extra
        if "X-OTHER" not in text:
            self._keep(remote_id, text.replace("END:VTODO", FOREIGN + "END:VTODO"))

    def phone_touch(self, remote_id: str) -> None:
        self.phone_edit(remote_id)

    def phone_edit(self, remote_id: str, **changes: object) -> None:
        """Do with the app in hand what the changes to `TaskFields` mean."""
        phone, old = self.phone, self.items[remote_id].fields

        def change(task: Task) -> None:
            for name, value in changes.items():
                if name in {"title", "notes"}:
                    ical = {"title": "SUMMARY", "notes": "DESCRIPTION"}[name]
                    task.pop(ical, None)
                    task.add(ical, value)
            if "due_at" in changes and changes["due_at"] != old.due_at:
                phone.move(task, cast("datetime | None", changes["due_at"]))
            later = changes.get("snoozed_until") or ("due_at" not in changes and changes.get("ring_at"))
            if isinstance(later, datetime):
                phone.put_off(task, later)
            match changes.get("status"):
                case TaskStatus.DONE:
                    phone.complete(task, cast("datetime", changes["completed_at"]))
                case TaskStatus.OPEN:
                    phone.reopen(task)
                case TaskStatus.CANCELLED:
                    phone.cancel(task)
                case _:
                    pass

        self._keep(remote_id, phone.store(self.items[remote_id].extra, change, self.watch.now))

    def phone_add(self, name: str, title: str) -> str:
        self._keep(f"{name}.ics", OWN.format(uid=name, title=title))
        return f"{name}.ics"

    def phone_copy(self, remote_id: str, name: str) -> str:
        self._keep(f"{name}.ics", self.items[remote_id].extra)
        return f"{name}.ics"
