"""Many passes in one process, as the background loop makes them: `python -m tests.bench.resident CONFIG STATE PASSES`.

Prints JSON: CPU milliseconds a pass without its first ones, memory in MiB early and at the end.
"""

import json
import os
import sys
import time
from pathlib import Path

from afterview.cli.options import Options
from afterview.cli.wire import Wiring
from afterview.sync.runner import one_pass

_SETTLED = 20  # passes until imports and caches are done


def main() -> None:
    config, state, passes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    wired = Wiring(Options(config=config, state_dir=state))
    terms = wired.terms()
    early = began = 0.0
    with wired.ledger() as ledger:
        specs = wired.specs(ledger, wired.config.accounts)
        for number in range(passes):
            if number == _SETTLED:
                early, began = _memory(), time.process_time()
            report = one_pass(ledger, specs, terms, wired.clock)
            if report.exit_code:
                raise SystemExit(f"pass {number}: {[one.error for one in report.accounts]}")
    spent = (time.process_time() - began) * 1000 / (passes - _SETTLED)
    print(json.dumps({"ms": spent, "early": early, "late": _memory()}))


def _memory() -> float:
    """Return the resident size now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
