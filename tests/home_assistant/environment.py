"""Makes the environment in which Home Assistant's tests run: `python environment.py FOLDER`. Needs a Python 3.13.

Newer series of Home Assistant want a newer Python than is common; 2025.4 is the oldest that the component supports, so what
works there and is found in newer ones works in all (`newest.sh` looks at the newest).
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

WANTED = "3.13"
PINS = Path(__file__).with_name("constraints.txt")


def candidates() -> Iterator[str]:
    """Yield what may be the Python: named in PYTHON313, on the path, or one of pyenv's."""
    yield os.environ.get("PYTHON313", "")
    yield shutil.which(f"python{WANTED}") or ""
    roots = {os.environ.get("PYENV_ROOT", ""), f"{Path.home()}/.pyenv", f"{pwd.getpwuid(os.getuid()).pw_dir}/.pyenv"}
    for root in sorted(roots - {""}):
        yield from map(str, sorted(Path(root).glob(f"versions/{WANTED}.*/bin/python{WANTED}")))


def works(python: str) -> bool:
    """Tell whether it is there, runs, and is the right one."""
    code = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{WANTED}')"
    try:
        return bool(python) and subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def chosen(found: Iterable[str]) -> str:
    """Return the first that works; without one the tests fail here, since a run that skips them would look sound."""
    for python in found:
        if works(python):
            return python
    sys.exit(
        f"The tests of the Home Assistant component need Python {WANTED}, and none was found. Install it with its module "
        f"venv (the packages python{WANTED} and python{WANTED}-venv where there are such, else `pyenv install {WANTED}`), "
        f"or name one in PYTHON313."
    )


def main() -> None:
    folder = Path(sys.argv[1])
    python = chosen(candidates())
    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
    inside = str(folder / "bin" / "python")
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([inside, "-m", "pip", "install", *quiet, "uv"], check=True)
    install = ["-m", "uv", "pip", "install", "--quiet", "--python", inside, "--no-deps", "--requirements", str(PINS)]
    subprocess.run([inside, *install], check=True)


if __name__ == "__main__":
    main()
