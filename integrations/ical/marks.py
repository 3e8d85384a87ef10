"""The mark under which a resource is remembered: its ETag and, for a series, up to which day it was expanded.

The window moves on while a series stays as it is; its later occurrences are found only if it is read again.
"""

from collections.abc import Mapping

from afterview.sync.ports import Window

_SIGN = "~to~"


def marked(etag: str, window: Window, *, repeats: bool) -> str:
    """Return the mark of a resource that was read for a window."""
    return f"{etag}{_SIGN}{_day(window)}" if repeats else etag


def is_current(known: Mapping[str, str], href: str, etag: str, window: Window) -> bool:
    """Tell whether what is remembered of a resource holds for its ETag and this window."""
    mark = known.get(href)
    if mark is None:
        return False
    seen, sign, until = mark.partition(_SIGN)
    return seen == etag and (not sign or until >= _day(window))


def _day(window: Window) -> str:
    return window.ends_at.strftime("%Y%m%d")
