"""Role `task_list`: the chosen to-do list of a Home Assistant, over the network."""

from afterview.integrations.entry import Entry
from afterview.sync.ports import TaskList

from .client import open_client
from .items import EntityTasks
from .reach import ListReach


def open_tasks(entry: Entry) -> TaskList:
    """Open the account's to-do list."""
    entity = str(entry.settings.get("task_list") or "")
    reach = ListReach(open_client(entry), entity, vanishing=entry.settings.get("vanishing") is True)
    return EntityTasks(entity, reach, entry.memory, entry.clock, entry.zone)
