"""What the CRM says of applications, before anything is written: stages that were moved become outcomes, once they settled.

Fact and link are stored in one transaction, so that a stage is heard exactly once. What is heard in this pass is written
nowhere in it: the next one thinks anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..history import fold
from ..ledger import Ledger
from ..matching import Catalogue, How
from ..model import Application, Fact, FactKind, Link
from ..stages import Move, Stage, follow, heard
from .books import BookReader
from .report import Line


@dataclass(slots=True)
class DealFollower:
    """Follows the deals of one account. `waits`: something has still to settle, or to be thought about."""

    reader: BookReader
    dry_run: bool
    waits: bool = False

    def run(self, applications: Iterable[Application], catalogue: Catalogue) -> dict[str, Stage | None]:
        """Take over what was moved. Returns, by application key, where each known deal is to be moved to."""
        moves: dict[str, Stage | None] = {}
        for one in applications:
            match = catalogue.match_application(one)
            if match.how is How.LINKED and match.record is not None and match.link is not None:
                move = follow(match.link.base, match.record.fields, one.outcome, self.reader.now)
                moves[one.key] = move.wanted
                self._take(one, match.link, move)
        return moves

    def _take(self, application: Application, link: Link, move: Move) -> None:
        self.waits = self.waits or move.waits or move.heard is not None
        base = {name: values for name, values in link.base.items() if name not in {"stage", "stage_seen"}}
        base = {**base, **move.base}
        if base == link.base:
            return
        ledger, account = self.reader.ledger, self.reader.account
        facts = heard(move, application, _counting(ledger), self.reader.now, f"crm:{account}")
        if self.dry_run:
            return
        with ledger.transaction():
            ledger.record(*facts)
            given = {name: values for name, values in link.given.items() if name != "stage"}
            ledger.records.tie(replace(link, base=base, given=given))
        if facts:
            self.reader.report.facts += len(facts)
            verb = "reopened" if move.heard is Stage.OPEN else str(move.heard)
            self.reader.report.lines.append(Line(verb, f"{application.company or application.key} (deal)"))


def _counting(ledger: Ledger) -> list[Fact]:
    """Return the outcomes that were not taken back."""
    history = fold(ledger.facts(FactKind.OUTCOME, FactKind.UNDONE))
    gone = {fact.id for fact in history.taken_back}
    return [fact for fact in ledger.facts(FactKind.OUTCOME) if fact.id not in gone]
