"""The calendars and task lists of a user, and the address of a configured one."""

from dataclasses import replace

from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.discovery import Found
from afterview.integrations.dav.discovery import discover as every_collection
from afterview.integrations.entry import Entry
from afterview.sync.errors import ListGone
from afterview.sync.text import one_line

_URLS = "urls"  # in the memory: name of a collection -> its address
_KINDS = ("VEVENT", "VTODO")  # what a collection holds that does not say


def discover(dav: Dav) -> list[Found]:
    """Return every calendar of the signed-in user, [] if there is none yet. Raises what kept them from being found."""
    return [replace(found, components=found.components or _KINDS) for found in every_collection(dav)]


def locate(entry: Entry, dav: Dav, name: str, component: str) -> str:
    """Return the address of a configured collection: an address as it is, a name as remembered or found."""
    if "://" in name or name.startswith("/"):
        return dav.absolute(name)
    known = entry.memory.get(_URLS)
    urls: dict[str, str] = dict(known) if isinstance(known, dict) else {}
    memory_name = f"{component}:{name}"
    if memory_name in urls:
        return dav.absolute(urls[memory_name])
    every = discover(dav)
    fitting = [found for found in every if component in found.components]
    matching = [found for found in fitting if name in {found.title, found.url}]
    matching = matching or [found for found in fitting if found.url.rstrip("/").rpartition("/")[2] == name]
    if not matching:
        offered = ", ".join(f'"{one_line(found.title, 40)}"' for found in fitting[:8]) or "none"
        kind = "task list" if component == "VTODO" else "calendar"
        raise ListGone(f'There is no {kind} named "{one_line(name, 60)}" at {dav.host}; there are: {offered}.')
    urls[memory_name] = matching[0].url
    entry.memory.set(_URLS, urls)
    return matching[0].url
