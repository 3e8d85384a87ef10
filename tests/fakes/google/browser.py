"""A person's browser: opens Google's page, agrees, and goes where the page sends it."""

import re
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing: where the page sends the browser is what tests want to know."""


_opener = build_opener(_Stay)


def get(url: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Send one request; return status, body and where it redirects to."""
    assert urlsplit(url).hostname == "127.0.0.1", url
    try:
        with _opener.open(Request(url, body), timeout=10) as answer:  # noqa: S310 -- loopback, see above
            return answer.status, answer.read().decode(), ""
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers.get("Location", "")


def agree(page: str) -> str:
    """Go through the page at this address; return the address to which it sends the browser."""
    status, shown, _ = get(page)
    assert status == 200, shown
    (visit,) = re.findall(r'name="visit" value="([^"]+)"', shown)
    (action,) = re.findall(r'action="([^"]+)"', shown)
    status, shown, target = get(urljoin(page, action), urlencode({"visit": visit}).encode())
    assert status == 302, shown
    return target
