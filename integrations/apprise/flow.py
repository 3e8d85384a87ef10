"""Set-up: an address is given, a test push is sent, and it is created.

address -> create        reauth, reconfigure: the same
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.flow import AccountDraft, Field, FieldKind, FlowContext, Step, StepKind
from afterview.sync.errors import AccountError, NotReady, Uncertain
from afterview.sync.identity import short_hash
from afterview.sync.ports import Push

from .notifier import open_notifier


class _Nothing:
    """A memory for a single push."""

    def get(self, name: str) -> Any:
        del name

    def set(self, name: str, value: Any) -> None:
        del name, value


class Setup:
    """One run of the set-up."""

    def start(self, context: FlowContext) -> Step:
        self._context = context
        return self._address()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        del step_id  # there is one step
        url = str(answers.get("url") or self._context.secrets.get("url", "")).strip()
        try:
            self._try(url)
        except (AccountError, Uncertain) as error:
            key = "cannot_connect" if isinstance(error, NotReady | Uncertain) else "refused"
            return self._address({"url": key}, str(error))
        title = urlsplit(url).scheme or "push"
        draft = AccountDraft(title, f"apprise:{short_hash(url)[:6]}", {}, {"url": url})
        return Step(StepKind.CREATE, "create", draft=draft)

    def _address(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        fields = (Field("url", FieldKind.SECRET),)
        return Step(StepKind.FORM, "address", fields, errors=errors or {}, placeholders={"reason": reason})

    def _try(self, url: str) -> None:
        entry = Entry("setup", "apprise", {}, lambda _: url, _Nothing(), self._context.clock, self._context.zone)
        notifier = open_notifier(entry)
        notifier.send(Push("Afterview", "Push works: follow-ups will ring here."))
        notifier.close()
