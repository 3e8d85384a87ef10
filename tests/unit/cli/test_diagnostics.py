from pathlib import Path

from afterview.cli.diagnostics import redacted
from tests.unit.cli.paper import ME, cupboard, paper

PRIVATE = ("hannah", "cupboard", "Interviews", "open sesame")


def test_diagnostics_help_and_give_nothing_away(tmp_path: Path) -> None:
    cupboard(tmp_path)
    (tmp_path / "config.toml").write_text(
        ME + '[[account]]\nid = "desk"\nintegration = "paper"\npath = "cupboard"\npassword = { env = "PAPER" }\n'
        'task_list = "Interviews"\n[deliver]\nto = "desk"\n',
        "utf-8",
    )
    options = ("--config", "config.toml", "--state-dir", "state")
    paper(tmp_path, "sync", *options, PAPER="open sesame")
    ran = paper(tmp_path, "diagnostics", "desk", *options, PAPER="open sesame")
    assert ran.code == 0
    found = ran.json
    assert found["integration"]["domain"] == "paper"
    assert not found["integration"]["built_in"]
    assert found["settings"]["ring_profile"] == "loud"
    assert found["secrets"] == {"password": "env"}
    assert found["ledger"]["state"] == "ok"
    assert found["versions"]["click"]
    assert found["versions"]["google-api-python-client"]
    for words in PRIVATE:
        assert words not in ran.out


def test_only_numbers_truth_and_shapes_stay() -> None:
    assert redacted({"Hannah": ["a@b.example", 3, True, None]}) == [["text of 11 characters", 3, True, None]]


def test_an_account_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(ME, "utf-8")
    ran = paper(tmp_path, "diagnostics", "desk", "--config", "config.toml")
    assert ran.code == 2
    assert 'no account "desk"' in ran.err
