"""What the service says while it runs: one line for each thing that a person may want to know, nothing for a quiet pass."""

import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from afterview.sync.engine.report import AccountReport
from afterview.sync.errors import ConfigError
from afterview.sync.text import paragraphs

from ..words import counts, with_remedy

LOG_LIMIT = 1_000_000  # bytes; then the file is put aside and begun anew


@contextmanager
def paper(log: Path | None) -> Generator[TextIO | None]:
    """Open what the service writes on: a file, else standard output, which a program without a window does not have."""
    if log is None:
        yield sys.stdout
        return
    try:
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(f"{log.name}.1"))
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The log {log} cannot be written ({error.strerror}); name another file.") from error
    with file:
        yield file


class Voice:
    """Writes lines. The journal adds the time by itself, so they are only `dated` elsewhere."""

    def __init__(self, paper: TextIO | None, now: Callable[[], datetime], *, dated: bool, as_json: bool) -> None:
        self._paper = paper
        self._now = now
        self._dated = dated
        self._as_json = as_json
        self._said: dict[str, frozenset[str]] = {}  # what is known to be wrong with an account

    def say(self, words: str, account: str = "") -> None:
        """Say one thing."""
        if self._paper is None:
            return
        stamp = self._now().replace(microsecond=0).isoformat()
        line = paragraphs(f"{account}: {words}" if account else words)
        if self._as_json:
            line = json.dumps({"at": stamp, "account": account or None, "words": words}, ensure_ascii=False)
        elif self._dated:
            line = f"{stamp} {line}"
        with suppress(OSError):  # a full disk or a closed terminal must not end what the lines are about
            self._paper.write(f"{line}\n")
            self._paper.flush()

    def tell(self, report: AccountReport) -> None:
        """Say what a pass did for an account, and of its troubles those that are not known yet."""
        if done := counts(report):
            self.say(done, report.id)
        troubles = {words: words for words in (*report.held, *report.problems, *_nameless(report))}
        if report.error:
            troubles[_kind(report.state, report.error)] = with_remedy(report.id, report.state, report.error)
        before = self._said.get(report.id, frozenset())
        for kind, words in troubles.items():
            if kind not in before:
                self.say(words, report.id)
        if before and not troubles:
            self.say("all is well again", report.id)
        self._said[report.id] = frozenset(troubles)

    def recall(self, account: str, state: str, words: str) -> None:
        """Take as said what the ledger knows of an account: an earlier service has said it."""
        if words:
            self._said[account] = frozenset({_kind(state, words)})


def _nameless(report: AccountReport) -> Iterator[str]:
    """Say that something is to be looked at where the words would name people."""
    if report.parked:
        yield f"{len(report.parked)} of what was to be written is not accepted; `afterview status` says what, and why"
    if report.asked:
        yield "somebody may be there already; `afterview people` asks"


def _kind(state: str, words: str) -> str:
    """Say what makes a failure the same as the last one: a server that is down is that, by whatever words it shows."""
    return state if state in {"waiting", "reauth"} else words
