"""Run one command and print what it cost: wall seconds, own CPU seconds, peak memory in MiB, exit code.

Started without site packages, so that it is small itself: a child's peak counts from the size of the process it was
split off from. Its output goes to a file, so that nothing has to read a pipe meanwhile.
"""

import json
import os
import sys
import time


def main() -> None:
    """`stopwatch.py OUTPUT COMMAND...`"""
    output, *command = sys.argv[1:]
    began = time.perf_counter()
    child = os.fork()
    if not child:
        target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.execvp(command[0], command)  # noqa: S606 -- the command that is measured
    _, status, usage = os.wait4(child, 0)
    cost = {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(cost))


main()
