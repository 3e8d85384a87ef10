"""Shows what came of every case: `python -m tests.hostile [DOOR...]`."""

import json
import subprocess
import sys

from tests.hostile.cases import doors

for chosen in sys.argv[1:] or doors():
    ran = subprocess.run([sys.executable, "-m", "tests.hostile.worker", chosen], stdout=subprocess.PIPE, check=False)
    for line in ran.stdout.splitlines():
        one = json.loads(line)
        words = "; ".join(one["wrong"]) or "ok"
        sys.stdout.write(f"{chosen:<13} {one['name']:<34} {one['cpu_s']:6.2f} s {one['memory_mb']:4} MB  {words}\n")
