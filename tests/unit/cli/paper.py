"""A home with the foreign integration `paper` installed, and a cupboard with two lists in it."""

from pathlib import Path

from tests.running import ROOT, Ran, afterview

SITE = {"PYTHONPATH": f"{ROOT / '.dev'}:{ROOT / 'tests' / 'fakes' / 'site'}"}
NOW = "2026-03-02T11:58:30Z"
ME = '[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\nlanguage = "de"\n'


def cupboard(home: Path) -> Path:
    path = home / "cupboard"
    for name in ("Errands", "Interviews"):
        (path / name).mkdir(parents=True)
    return path


def paper(home: Path, *arguments: str, **environ: str) -> Ran:
    """Run `afterview` where `paper` is installed, at noon in Berlin."""
    return afterview(home, *arguments, **{"AFTERVIEW_NOW": NOW, **SITE, **environ})


def journal(home: Path) -> list[str]:
    """Return what happened to the lists: a line each."""
    path = home / "cupboard" / "journal"
    return path.read_text("utf-8").splitlines() if path.exists() else []
