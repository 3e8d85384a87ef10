"""Guesses about the person in front of this machine, to be offered as defaults and never to be used unasked."""

import zoneinfo
from collections.abc import Mapping
from pathlib import Path

from afterview.sync.wording import LANGUAGES

LOCALTIME = Path("/etc/localtime")
TIMEZONE = Path("/etc/timezone")


def time_zone(environ: Mapping[str, str], localtime: Path = LOCALTIME, timezone: Path = TIMEZONE) -> str:
    """Guess the IANA zone: TZ, else where /etc/localtime points, else /etc/timezone; "" if none is known."""
    candidates = [environ.get("TZ", "").removeprefix(":")]
    if localtime.is_symlink():
        candidates.append(str(localtime.resolve()).rpartition("/zoneinfo/")[2])
    if timezone.is_file():
        candidates.append(timezone.read_text("utf-8", "replace").strip())
    return next((name for name in candidates if name and _exists(name)), "")


def _exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def language(environ: Mapping[str, str]) -> str:
    """Guess the language from the locale, "en" if it is not one that tasks are written in."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if found := environ.get(name, "")[:2]:
            return found if found in LANGUAGES else "en"
    return "en"
