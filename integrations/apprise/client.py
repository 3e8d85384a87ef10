"""Sends one push with Apprise, as a process of its own: an order on standard input, a verdict on standard output.

It says when it begins to send, so that a crash before that is known for what it is.

Only the schemes of Apprise's notification plugins are understood: no configuration file is read, no attachment, no
template, and nothing is stored. Redirects are not followed. What Apprise logs holds secrets; it is looked at here and
goes nowhere.
"""

import logging
import signal
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from afterview.integrations.entry import Entry
from afterview.sync.ports import Traffic

from .courier import BEGUN, NTFY, Ending, Verdict, read_order, verdict

CONNECT_S, READ_S = 10.0, 20.0
_WITH_PRIORITY = NTFY | {"pover"}


@dataclass(slots=True)
class Client:
    """What the registry opens for an account; the push itself is sent by a process of its own."""

    url: str = field(repr=False)
    pushes: int = 0

    def traffic(self) -> Traffic:
        return Traffic(self.pushes)

    def close(self) -> None:
        """Nothing is held."""


def open_client(entry: Entry) -> Client:
    """Resolve the address."""
    return Client(entry.secret("url"))


def send(given: dict[str, Any]) -> Verdict:
    """Send what an order says."""
    import apprise

    _be_silent()
    asset = apprise.AppriseAsset(
        app_id="Afterview",
        app_desc="Afterview",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
        interpret_escapes=False,
        interpret_emojis=False,
        default_service_retry=0,
        service_timeout=0,
    )
    plugin = _plugin(given, asset)
    if plugin is None:
        return Verdict(Ending.UNKNOWN)
    if given["check"]:
        return Verdict(Ending.SENT, str(plugin.service_name))
    service = apprise.Apprise(asset=asset)
    service.add(plugin)
    sys.stdout.write(BEGUN)
    sys.stdout.flush()
    result = service.notify(
        body=given["body"], title=given["title"], body_format=apprise.NotifyFormat.TEXT, log_level=logging.DEBUG
    )
    name = str(plugin.service_name)
    if result:
        return Verdict(Ending.SENT, name)
    return verdict(name, ((entry.level, entry.message) for entry in result.logs()), len(plugin))


def _plugin(given: dict[str, Any], asset: Any) -> Any:
    """Make the plugin for an address, with our limits; None for an address that Apprise does not know."""
    import apprise
    import apprise.plugins as known

    plugins: Any = known  # not typed as yet
    parsed = plugins.url_to_dict(given["url"], secure_logging=True)
    if not parsed:
        return None
    parsed.pop("attach", None)
    if parsed["schema"] in _WITH_PRIORITY and given["priority"] != "normal":
        parsed.setdefault("priority", given["priority"])
    if parsed["schema"] in NTFY and given["actions"]:
        parsed["actions"] = given["actions"]
    plugin: Any = apprise.Apprise.instantiate(parsed, asset=asset)
    if plugin is None or (parsed["schema"] in NTFY and not plugin.topics):
        return None
    plugin.redirects, plugin.retry = False, 0
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_S, READ_S
    if parsed["schema"] in NTFY and given["click"]:
        plugin.click = unquote(given["click"])  # the plugin quotes it once more
    return plugin


def _be_silent() -> None:
    """Let nothing that Apprise logs reach a terminal or a file."""
    logger = logging.getLogger("apprise")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.DEBUG)  # what went wrong in detail is said there


def main() -> None:
    """Read the order, send, print the verdict. Who stops the service stops us too, but not in the middle of a push."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdout.write(send(read_order(sys.stdin.read())).written())


if __name__ == "__main__":
    main()
