"""Hear what is printed."""

import contextlib
import io
from collections.abc import Callable


def heard(speak: Callable[[], object]) -> list[str]:
    """Return what a call prints on both streams."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        speak()
    return [out.getvalue()]
