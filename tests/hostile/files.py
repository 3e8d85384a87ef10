"""Doors for files that a user hands over: configuration, answers, files to explain or import; and the text cleaner."""

import os
from pathlib import Path
from typing import Any

from afterview.cli.exits import outcome
from afterview.sync.text import one_line, paragraphs
from tests.hostile.cases import Case
from tests.hostile.listening import heard


def _commanded(place: Path, *arguments: str) -> dict[str, Any]:
    """Run a command in this process; say how it ended and what it printed."""
    codes: list[int] = []
    os.environ |= {"HOME": str(place), "XDG_CONFIG_HOME": str(place / "none")}
    config = place / "config.toml"
    where = ("--state-dir", str(place / "state"), *(("--config", str(config)) if config.exists() else ()))
    printed = heard(lambda: codes.append(outcome([*where, *arguments])))
    return {"code": codes[0], "said": "".join(printed).replace(str(place), ""), "shown": printed}


def config(case: Case, place: Path) -> dict[str, Any]:
    (place / "config.toml").write_bytes(case.data())
    return _commanded(place, "status")


def answers(case: Case, place: Path) -> dict[str, Any]:
    (place / "answers.toml").write_bytes(case.data())
    return _commanded(place, "setup", "--answers", str(place / "answers.toml"))


def explain(case: Case, place: Path) -> dict[str, Any]:
    name = "case.json" if case.settings.get("file") == "json" else "case.ics"
    (place / name).write_bytes(case.data())
    return _commanded(place, "explain", "--owner", "hannah@example.org", str(place / name))


def imported(case: Case, place: Path) -> dict[str, Any]:
    (place / "config.toml").write_text('[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\n', "utf-8")
    (place / "case").write_bytes(case.data())
    return _commanded(place, "import", "--yes", str(place / "case"))


def text(case: Case, place: Path) -> dict[str, Any]:
    del place
    given = case.data().decode("utf-8", "surrogatepass")
    return {
        "line": one_line(given),
        "lines": paragraphs(given, 200).split("\n"),
        "shown": [one_line(given), *paragraphs(given).replace("\t", " ").split("\n")],
    }


DOORS = {"config": config, "answers": answers, "explain": explain, "import": imported, "text": text}
