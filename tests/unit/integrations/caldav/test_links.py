import pytest

from afterview.integrations.caldav.links import task_link
from afterview.integrations.registry import Registry
from afterview.sync.config import Account

HREF = "/cloud/remote.php/dav/calendars/hannah/job%20hunt/av1-t-1.ics"
SHOWN = "https://cloud.example.org/cloud/apps/tasks/calendars/job%20hunt/tasks/av1-t-1.ics"


@pytest.mark.parametrize(
    ("url", "remote_id", "link"),
    [
        ("https://cloud.example.org/cloud/remote.php/dav/", HREF, SHOWN),
        ("https://hannah:secret@cloud.example.org/", HREF, SHOWN),
        ("https://cloud.example.org/", f"https://cloud.example.org{HREF}", SHOWN),
        ("https://dav.example.org/", "/hannah/tasks/av1-t-1.ics", ""),
        ("", HREF, ""),
        ("javascript:alert(1)", HREF, ""),
    ],
)
def test_a_task_opens_where_the_server_has_a_page_for_it(url: str, remote_id: str, link: str) -> None:
    assert task_link({"url": url}, remote_id) == link


def test_the_registry_knows_which_service_has_links() -> None:
    account = Account("home", "caldav", None, {"url": "https://cloud.example.org/"})
    assert Registry().task_link(account, HREF) == SHOWN
    assert Registry().task_link(Account("feed", "ics", None, {}), HREF) == ""
