"""Buttons of a push that are pressed on the phone: Home Assistant tells of them as events, which we listen for.

A button is called AFTERVIEW_<ANSWER>_Q<QUESTION>, as in the component; each of the two knows its own questions only. Who
can fire such an event has signed in to Home Assistant, and a question is answered once.
"""

import re

from afterview.integrations.entry import Entry
from afterview.sync.errors import NotReady, Refused
from afterview.sync.model import Choice
from afterview.sync.ports import Press

from .client import Client, Failed, Talk, open_client

EVENT = "mobile_app_notification_action"
_BUTTON = re.compile(r"AFTERVIEW_([A-Z_]{1,12})_Q([0-9A-F]{20})")


def action_of(url: str) -> str:
    """Return the name of the button for an answer: "Q", its question, and the choice."""
    page, _, choice = url.partition("/")
    return f"AFTERVIEW_{choice}_{page}".upper()


def press_of(action: str) -> Press | None:
    """Return what a button stands for, None for one that is not ours."""
    match = _BUTTON.fullmatch(action)
    if match is None or match[1].lower() not in set(Choice):
        return None
    return Press(match[2].lower(), Choice(match[1].lower()))


class Buttons:
    """Hears what is pressed (`sync.ports.Buttons`)."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._talk: Talk | None = None

    def open(self) -> None:
        try:
            self._client.ask("subscribe_events", event_type=EVENT)
        except Failed as error:
            if error.code == "unauthorized":
                raise Refused(
                    "Home Assistant tells only administrators of buttons that are pressed; sign in as one, or do without."
                ) from error
            raise NotReady(f"Home Assistant does not tell of buttons now: {error}") from error
        self._talk = self._client.talk()

    def wait(self, seconds: float) -> Press | None:
        if self._talk is None:
            raise NotReady("Buttons are not listened for.")
        event = self._talk.event(seconds)
        data = event.get("data") if isinstance(event, dict) else None
        action = data.get("action") if isinstance(data, dict) else None
        return press_of(action) if isinstance(action, str) else None

    def close(self) -> None:
        self._client.close()


def open_buttons(entry: Entry) -> Buttons:
    """Get ready to hear the buttons of an account."""
    return Buttons(open_client(entry))
