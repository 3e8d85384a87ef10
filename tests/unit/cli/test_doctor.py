from pathlib import Path
from typing import Any

from tests.running import afterview

ME = '[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\n'


def found(home: Path, config: str, **environ: str) -> tuple[int, dict[str, Any]]:
    (home / "config.toml").write_text(config, "utf-8")
    ran = afterview(home, "doctor", "--json", "--config", "config.toml", "--state-dir", "state", **environ)
    assert ran.err == ""
    return ran.code, {row["subject"]: row for row in ran.json}


def test_a_new_machine_is_told_what_to_do(tmp_path: Path) -> None:
    ran = afterview(tmp_path, "doctor")
    assert ran.code == 2
    assert "run `afterview setup`" in ran.out


def test_a_configuration_without_accounts_is_a_warning(tmp_path: Path) -> None:
    code, rows = found(tmp_path, ME)
    assert code == 0
    assert rows["accounts"]["state"] == "warning"
    assert rows["configuration"]["state"] == "ok"


def test_a_wrong_configuration_is_an_error_with_its_sentence(tmp_path: Path) -> None:
    code, rows = found(tmp_path, ME + "[snc]\n")
    assert code == 2
    assert "did you mean sync" in rows["configuration"]["words"]


def test_a_ledger_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "ledger.sqlite3").write_text("not a database, but long enough to be looked at" * 40, "utf-8")
    code, rows = found(tmp_path, ME)
    assert code == 7
    assert rows["ledger"]["state"] == "error"


def test_a_ledger_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o755)
    _, rows = found(tmp_path, ME)
    assert "chmod 700" in rows["ledger"]["words"]


def test_a_broken_plug_in_is_one_line(tmp_path: Path) -> None:
    info = tmp_path / "site" / "broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[afterview.integrations]\nbroken = not_there\n", "utf-8")
    dev = Path(__file__).resolve().parents[3] / ".dev"
    code, rows = found(tmp_path, ME, PYTHONPATH=f"{dev}:{tmp_path / 'site'}")
    assert code == 0
    assert rows["integration broken"]["state"] == "warning"
    assert "not installed completely" in rows["integration broken"]["words"]
