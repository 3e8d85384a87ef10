"""What set-up finds in an account, and makes there: whose it is, its calendars, the task list, the reminder calendar."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from afterview.integrations.signing_in import Scratch
from afterview.sync.errors import Refused
from afterview.sync.ports import Clock

from .access import Access
from .calendars import PRIMARY, listed
from .client import Client
from .failures import About
from .lists import Lists, remember
from .reminders import TITLE, is_there, make_calendar
from .scopes import Feature
from .tokens import Token

_CALENDARS = About("setup", "Google Calendar", "Your list of calendars")
_MAIN = About("setup", "Google Calendar", "Your main calendar")


class Places:
    """One look at an account. `calendars` maps what the configuration keeps to the title shown; {} if unknown."""

    def __init__(self, token: Token, clock: Clock, zone: str, features: frozenset[Feature]) -> None:
        self._client = Client("setup", Access(token, clock), clock)
        self._zone = zone
        self._features = features
        self._scratch = Scratch()
        self._own: tuple[str, ...] = ()
        self.calendars: dict[str, str] = {}
        self.identity = ""

    @property
    def memory(self) -> Mapping[str, Any]:
        """Return what the account shall remember."""
        return self._scratch.values

    def look(self) -> str:
        """Look round; return the account's address, "" where nothing tells. Raises AccountError."""
        account = ""
        if Feature.CHOOSE in self._features:
            account = self._look_at_calendars()
        elif Feature.READ in self._features:
            request = self._client.part("calendar.events").list(calendarId=PRIMARY, maxResults=1, fields="summary")
            title = str(self._client.call(request, _MAIN).get("summary") or "")
            account = title if "@" in title else ""
        if Feature.TASKS in self._features:
            request = self._client.part("tasks.tasklists").get(tasklist="@default", fields="id")
            about = About("setup", "Google Tasks", "Your task lists")
            self.identity = str(self._client.call(request, about)["id"])
        self.identity = account or self.identity or PRIMARY
        return account

    def _look_at_calendars(self) -> str:
        found = [one for one in listed(self._client, _CALENDARS) if one.role != "freeBusyReader"]
        self._own = tuple(one.id for one in found if one.title == TITLE and one.role == "owner" and not one.primary)
        titles = Counter(one.title for one in found)
        for one in sorted(found, key=lambda one: not one.primary):
            if one.id not in self._own:
                name = PRIMARY if one.primary else one.title if titles[one.title] == 1 else one.id
                self.calendars[name] = one.title
        return next((one.id for one in found if one.primary), "")

    def take_list(self, title: str) -> bool:
        """Find the task list of this title, or make it; False if there are several."""
        lists = Lists(self._client, self._scratch, title)
        known = [list_id for list_id, one in lists.all() if one == title]
        if len(known) > 1:
            return False
        remember(self._scratch, title, known[0] if known else lists.make(title))
        lists.tasks()
        return True

    def take_reminders(self, current: str) -> str:
        """Return the id of the reminder calendar: the account's own, one that an earlier set-up made, or a new one."""
        for calendar in (current, *self._own):
            try:
                if calendar and is_there(self._client, calendar):
                    return calendar
            except Refused:
                continue  # of this title, and not made by us
        return make_calendar(self._client, self._zone)

    def close(self) -> None:
        """End the connection for now; the next question opens it again."""
        self._client.close()
