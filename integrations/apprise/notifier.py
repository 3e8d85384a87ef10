"""The role `notifier`: hands a push to a process that sends it, and says what became of it. Holds no service library."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from afterview.integrations.entry import Entry
from afterview.sync.errors import AuthFailed, NotReady, Refused, Uncertain
from afterview.sync.ports import NotifierCapabilities, Push
from afterview.sync.text import one_line

from .client import Client, open_client
from .courier import BEGUN, Ending, Verdict, is_ntfy, order

LIMIT_S = 60.0
_LONGEST_URL = 4000
_LONGEST_VERDICT = 4096
_HOME = Path(__file__).parents[3]  # where `afterview` is imported from, also in a checkout


class Address:
    """One address that pushes go to."""

    def __init__(self, client: Client, name: str, limit_s: float = LIMIT_S) -> None:
        self._client = client
        self._name = name
        self._limit_s = limit_s
        self.begun = False

    def capabilities(self) -> NotifierCapabilities:
        ntfy = is_ntfy(self._client.url)
        return NotifierCapabilities(actions=ntfy, links=ntfy)

    def check(self) -> None:
        self._deliver(None)

    def send(self, push: Push) -> None:
        self._client.pushes += 1
        self._deliver(push)

    def _deliver(self, push: Push | None) -> None:
        url = self._client.url
        sound = "://" in url and len(url) <= _LONGEST_URL
        self._tell(self._run(order(url, push)) if sound else Verdict(Ending.UNKNOWN))

    def _run(self, given: str) -> Verdict:
        self.begun = True  # until its own words prove that nothing can have left
        with TemporaryFile() as said:
            try:
                self._process(given, said)
            finally:  # also when we are stopped: then the process has been ended, and what it had said is all there is
                said.seek(0)
                text = said.read(_LONGEST_VERDICT).decode("utf-8", "replace")
                self.begun = text.startswith(BEGUN)
        return Verdict.read(text)

    def _process(self, given: str, said: IO[bytes]) -> None:
        try:
            subprocess.run(
                [sys.executable, "-P", "-m", "afterview.integrations.apprise.client"],
                input=given.encode(),
                env=_environment(),
                stdout=said,
                stderr=subprocess.DEVNULL,  # a traceback could hold the address
                timeout=self._limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return  # what it had said tells whether anything can have left
        except OSError as error:
            raise NotReady(f"No push can be sent: {error.strerror}; it is tried again later.") from None

    def _tell(self, said: Verdict) -> None:
        service = one_line(said.service, 40) or "The push service"
        code = f" (HTTP {said.status})" if said.status else ""
        match said.ending:
            case Ending.SENT:
                return
            case Ending.UNSURE:
                raise Uncertain(f"{service} did not say whether it took the push to {self._name}; it may have come.")
            case Ending.LATER:
                raise NotReady(f"{service} cannot be reached or is busy{code}; the push is sent later.")
            case Ending.BROKEN:
                raise NotReady(
                    f"The push to {self._name} could not be sent, Apprise broke off; it is tried again later."
                )
            case Ending.AUTH:
                raise AuthFailed(
                    f"{service} does not accept the login in the push address {self._name}{code}; renew it."
                )
            case Ending.REFUSED:
                raise Refused(f"{service} refuses the push{code}; check the push address {self._name}.")
            case Ending.UNKNOWN:
                raise Refused(
                    f"The push address {self._name} is none that Apprise can use here; it looks like ntfys://TOPIC."
                )

    def close(self) -> None:
        self._client.close()


def open_notifier(entry: Entry) -> Address:
    """Make the address of an entry ready."""
    client = entry.shared.get("client") or open_client(entry)
    return Address(client, entry.id)


def _environment() -> dict[str, str]:
    """Return the environment of the process: ours, with `afterview` to be found, and no passwords from a .netrc."""
    path = os.pathsep.join(filter(None, (str(_HOME), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path, "NETRC": os.devnull, "PYTHONWARNINGS": "ignore"}
