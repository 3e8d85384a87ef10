"""Role `notifier`: the companion app on a phone, through one of Home Assistant's notify actions.

A button is one of Home Assistant's own, when somebody listens for it (`buttons`), else it opens the page of answers.
"""

from typing import Any

from afterview.integrations.entry import Entry
from afterview.sync.errors import NotReady, Refused, Uncertain
from afterview.sync.ports import NotifierCapabilities, Push, PushAction, Urgency
from afterview.sync.text import one_line

from .buttons import action_of
from .client import Client, Failed, open_client

_LOUDNESS = {Urgency.HIGH: "high", Urgency.LOW: "low"}
_MOST = 3  # buttons that Android shows
# An app without Google's push service is told over its own connection alone (homeassistant.components.mobile_app.notify).
_OUT_OF_REACH = "not connected to local push"


class Phone:
    """One phone (`sync.ports.Notifier`)."""

    def __init__(self, client: Client, target: str) -> None:
        self.begun = False
        self._client = client
        self._target = target.removeprefix("notify.")

    def capabilities(self) -> NotifierCapabilities:
        return NotifierCapabilities(actions=True, links=True)

    def check(self) -> None:
        try:
            known = self._client.ask("get_services")
        except Failed as error:
            raise NotReady(f"Home Assistant does not say what it can notify: {error}") from error
        if not isinstance(known, dict) or self._target not in (known.get("notify") or {}):
            raise Refused(f"{self._name} is not in Home Assistant; choose another phone, or bring it back.")

    def send(self, push: Push) -> None:
        called = {"domain": "notify", "service": self._target, "service_data": _said(push)}
        self._client.talk()  # until here nothing has left
        self.begun = True
        try:
            self._client.ask("call_service", changes=True, **called)
        except Failed as error:
            if error.code == "not_found" or _OUT_OF_REACH in str(error):
                raise NotReady(f"{self._name} is not there now; the push is sent later.") from error
            if error.code in {"unauthorized", "invalid_format", "service_validation_error"}:
                raise Refused(f"{self._name} refuses the push: {error}") from error
            raise Uncertain(f"{self._name} gave no clear answer: {error}") from error

    def close(self) -> None:
        self._client.close()

    @property
    def _name(self) -> str:
        return f"notify.{one_line(self._target, 60)}"


def _said(push: Push) -> dict[str, Any]:
    """Return the push as the companion apps take it; iOS and Android name the address to open differently."""
    data: dict[str, Any] = {"group": "afterview", "actions": [_button(one) for one in push.actions[:_MOST]]}
    if link := push.link or (push.answers if not push.actions else ""):
        data |= {"url": link, "clickAction": link}
    if push.urgency in _LOUDNESS:
        data["importance"] = _LOUDNESS[push.urgency]
    return {"title": push.title, "message": push.body, "data": data}


def _button(one: PushAction) -> dict[str, str]:
    if "://" in one.url:
        return {"action": "URI", "title": one.label, "uri": one.url}
    return {"action": action_of(one.url), "title": one.label}


def open_notifier(entry: Entry) -> Phone:
    """Make the phone of an account ready."""
    return Phone(open_client(entry), str(entry.settings.get("notify") or ""))
