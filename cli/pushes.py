"""What `afterview doctor` says of pushes: can they be sent, and can their buttons work?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .doctor import Finding

if TYPE_CHECKING:
    from .wire import Wiring


def look_at_pushes(wired: "Wiring") -> Iterator[Finding]:
    """Say what keeps pushes or their buttons from working, as far as it can be seen from here. Sends nothing."""
    from afterview.sync.errors import AfterviewError

    addresses, config = wired.push_addresses(), wired.config
    failed = _failed(wired)
    for name, account in addresses:
        subject = f"push {name}"
        try:
            wired.check_push_address(account)
        except AfterviewError as error:
            yield Finding("error", subject, str(error), error.exit_code)
            continue
        if words := failed.get(name):
            yield Finding("warning", subject, f"The last push: {words}")
        else:
            yield Finding("ok", subject, "Its address is sound; `afterview accounts test` sends a push.")
    if config.deliver.brief and not addresses:
        yield Finding("warning", "brief", "The morning brief is a push, and there is no push address in [deliver].")
    if config.answers.enabled:
        yield from _answers(wired)


def _failed(wired: "Wiring") -> dict[str, str]:
    """Return what was said of each address whose last push failed."""
    from afterview.sync.errors import StateError
    from afterview.sync.pulse import take_pulse
    from afterview.sync.rings.terms import health_name

    try:
        health = take_pulse(wired.options.state_path()).health
    except StateError:
        return {}  # what is wrong with the ledger is told beside this
    known = {name: health.get(health_name(name)) for name, _ in wired.push_addresses()}
    return {name: str(one["words"]) for name, one in known.items() if one and one["words"]}


def _answers(wired: "Wiring") -> Iterator[Finding]:
    from urllib.parse import urlsplit

    from afterview.integrations.http import is_loopback

    answers = wired.config.answers
    host = urlsplit(answers.url).hostname or ""
    if not answers.url:
        yield Finding(
            "warning", "answers", "Pushes have no buttons: set url in [answers] to where the phone reaches it."
        )
    elif answers.url.startswith("http:") and not is_loopback(host):
        yield Finding("warning", "answers", f"Answers come to {host} unencrypted; use https or a VPN.")
    elif not wired.push_addresses():
        yield Finding("warning", "answers", "There is no push address in [deliver], so nothing is asked.")
    else:
        yield Finding("ok", "answers", f"`afterview run` takes them at {answers.listen[0]}:{answers.listen[1]}.")
