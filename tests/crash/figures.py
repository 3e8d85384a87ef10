"""What a run went through, for the page about reliability: a JSON file in `build/`, or where AFTERVIEW_FIGURES says."""

import json
import os
from collections import Counter
from pathlib import Path

from tests.crash.life import Life
from tests.running import ROOT


class Figures:
    """Sums over all lives."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def add(self, place: str, life: Life) -> None:
        """Count a life."""
        self.sums.update(life.figures)
        self.sums.update({"lives": 1, f"lives on {place}": 1, "requests": life.watcher.requests})
        self.faults.update(life.faults.struck)

    def write(self) -> None:
        """Write them down."""
        path = Path(os.environ.get("AFTERVIEW_FIGURES") or ROOT / "build" / "faults.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        found = {
            "lost": 0,
            "doubled": 0,
            **self.sums,
            "faults": self.faults.total(),
            "faults by kind": dict(self.faults),
        }
        path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
