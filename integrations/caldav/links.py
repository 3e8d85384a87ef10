"""Where a task opens in a browser or app. Nextcloud Tasks shows each under an address of its own; other servers do not.

Its routes name a task by list and by the name of its resource (nextcloud/tasks, src/router).
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_NEXTCLOUD = re.compile(r"(?P<root>.*)/remote\.php/dav/calendars/[^/]+/(?P<list>[^/]+)/(?P<task>[^/]+\.ics)")


def task_link(settings: Mapping[str, Any], remote_id: str) -> str:
    """Return the address under which a task opens, "" where there is none."""
    server = urlsplit(str(settings.get("url", "")))
    match = _NEXTCLOUD.fullmatch(urlsplit(remote_id).path)
    if match is None or server.scheme not in {"http", "https"} or not server.hostname:
        return ""
    host = server.netloc.rpartition("@")[2]
    return f"{server.scheme}://{host}{match['root']}/apps/tasks/calendars/{match['list']}/tasks/{match['task']}"
