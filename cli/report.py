"""A report of a defect: where in the code it happened, and no value from anybody's calendar, configuration or keyring."""

import hashlib
import sys
import traceback
from pathlib import Path

from .options import Options


def write_report(error: BaseException, options: Options) -> tuple[str, Path | None]:
    """Write the report into the state folder. Returns its text and its path, None where it could not be written.

    The file is named for the place of the defect, so the same one again replaces its report instead of piling up.
    """
    text = describe(error)
    path = options.state_path() / "reports" / f"defect-{hashlib.sha256(text.encode()).hexdigest()[:8]}.txt"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
    except OSError:
        return text, None
    return text, path


def reports(options: Options) -> list[list[str]]:
    """Return the reports that were written, line by line."""
    found = sorted((options.state_path() / "reports").glob("defect-*.txt"))
    return [path.read_text("utf-8", errors="replace").splitlines() for path in found]


def describe(error: BaseException) -> str:
    """Name files, lines, functions and error types. Messages are left out: they may hold what an event said."""
    lines = [f"afterview on Python {sys.version.split()[0]}, {sys.platform}"]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines) + "\n"


def _short(filename: str) -> str:
    """Keep the end of a path: its beginning holds the user's name."""
    return "/".join(Path(filename).parts[-3:])
