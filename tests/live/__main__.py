"""`make test-live`: ask a real account at Google what no document says, beside what the stand-in does."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from afterview.cli.options import Options
from afterview.cli.showcase.google.server import Google
from afterview.cli.wire import Wiring
from afterview.integrations.google.scopes import Feature, features_in
from afterview.integrations.google.tokens import Token
from afterview.sync.errors import AfterviewError

from .place import NAME, opened
from .probes import probes

CONFIG, ACCOUNT = "AFTERVIEW_LIVE_CONFIG", "AFTERVIEW_LIVE_ACCOUNT"
SCOPES = ("tasks", "calendar.app.created", "calendar.events.readonly")


def now() -> datetime:
    return datetime.now(UTC)


def real() -> Token:
    """Return the consent of the account that is named. Exits with a sentence where there is none."""
    config = os.environ.get(CONFIG)
    if not config:
        sys.exit(
            f"Off. To run it: {CONFIG}=config.toml {ACCOUNT}=ID make test-live; tests/live/README.md says what it does."
        )
    wired = Wiring(Options(config=Path(config)))
    wanted = os.environ.get(ACCOUNT, "google")
    account = next((one for one in wired.config.accounts if one.id == wanted), None)
    if account is None or account.integration != "google":
        sys.exit(f'The configuration has no account "{wanted}" at Google; {ACCOUNT} names it.')
    token = Token.read(wired.vault.of(account.id, account.secrets)("token"))
    if not {Feature.TASKS, Feature.RING} <= features_in(token.scopes):
        sys.exit("The account must be allowed to use Google Tasks and a calendar of its own.")
    return token


def main() -> None:
    """Ask both, print a table for the checklist."""
    token = real()
    google = Google(now)
    ours = Token.read(google.consent(*SCOPES))
    print(f'Makes the list and the calendar "{NAME}", asks, and takes both away.\n')
    print("| probe | Google | stand-in |\n|---|---|---|")
    with opened(token, now) as theirs, opened(ours, now) as stand_in:
        for probe in probes():
            print(f"| {probe.question} | {probe.run(theirs)} | {probe.run(stand_in)} |", flush=True)
    google.close()


if __name__ == "__main__":
    try:
        main()
    except AfterviewError as error:
        sys.exit(str(error))
