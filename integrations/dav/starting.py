"""What the set-up of calendars and of address books has in common."""

from collections.abc import Callable, Iterable


def addresses(given: str, by_dns: Callable[[str], Iterable[str]]) -> list[str]:
    """Return where to try what the user typed: an address as it is, a domain or an e-mail address by DNS, then by https."""
    if "://" in given:
        return [given]
    if "@" in given or "/" not in given:
        return [*by_dns(given), f"https://{given.rpartition('@')[2]}/"]
    return [f"https://{given}"]


def slug(title: str, otherwise: str) -> str:
    """Return a title as a part of an address; `otherwise` where nothing of it is left."""
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in title.lower())
    return "afterview-" + ("-".join(part for part in words.split("-") if part) or otherwise)
