"""Teaching the detector: the real command on a real server."""

from typing import Any

from tests.system.home import Home
from tests.system.invitations import invitation
from tests.system.moments import DAY, HOUR, MONDAY


def enter(home: Home, uid: str, sender: str, day: int) -> None:
    """Put an invitation into the calendar that looks like a round of interviews."""
    text = invitation(uid, MONDAY + day * DAY, company="Globex", guests=(), title=f"Second round {uid}")
    home.enter(uid, text.replace("talent@globex.example", sender).replace("CN=Globex Talent", "CN=Rita Lund"))


def seen(home: Home) -> dict[str, Any]:
    return {one["title"].split()[-1]: one for one in home.run("interviews", "--json").json}


def mark(home: Home, uid: str, *words: str) -> str:
    everything = home.run("interviews", "--all", "--json").json
    (key,) = {one["key"] for one in everything if one.get("title", "").endswith(uid)}
    ran = home.run("mark", key, *words)
    assert ran.code == 0, ran.err
    return ran.out


def test_a_sender_who_is_wrong_twice_is_not_believed_again_until_it_is_taken_back(home: Home) -> None:
    for day, uid in enumerate(("u1", "u2")):
        enter(home, uid, "rita@globex.example", day)
    home.sync()
    assert set(seen(home)) == {"u1", "u2"}
    mark(home, "u1", "not-interview")
    home.now += HOUR
    mark(home, "u2", "not-interview")
    enter(home, "u3", "rita@globex.example", 2)
    home.settle(2)
    assert seen(home) == {}
    assert "Taken back" in mark(home, "u1", "--undo")
    assert "Taken back" in mark(home, "u2", "--undo")
    assert "Nothing was said" in mark(home, "u2", "--undo")
    home.settle(2)
    assert set(seen(home)) == {"u1", "u2", "u3"}


def test_why_is_said_and_explain_says_the_same(home: Home) -> None:
    enter(home, "u1", "rita@globex.example", 0)
    home.sync()
    mark(home, "u1", "not-interview")
    enter(home, "u2", "rita@globex.example", 1)
    home.sync(home.now + HOUR)
    words = "you ruled out invitations from rita@globex.example before"
    assert words in [reason["words"] for reason in seen(home)["u2"]["reasons"]]
    text = invitation("u9", MONDAY, company="Globex", guests=(), title="Second round")
    (home.path / "u9.ics").write_text(text.replace("talent@globex.example", "rita@globex.example"))
    told = home.run("explain", str(home.path / "u9.ics"), "--json").json
    assert words in [reason["words"] for reason in told["reasons"]]


def test_a_mail_provider_is_never_learned(home: Home) -> None:
    for day in range(5):
        enter(home, f"u{day}", f"person{day}@gmail.com", day)
    home.sync()
    assert len(seen(home)) == 5
    for day in range(4):
        home.now += HOUR
        mark(home, f"u{day}", "not-interview")
    enter(home, "u5", "another@gmail.com", 5)
    home.settle(2)
    found = seen(home)
    assert set(found) == {"u4", "u5"}
    assert not any("ruled out" in reason["words"] for one in found.values() for reason in one["reasons"])


def test_own_words_in_a_file_beside_the_configuration(home: Home) -> None:
    text = invitation("u1", MONDAY, company="Globex", guests=(), title="Zwibbeltreff")
    plain = text.replace("Your interview for the position of engineer. We look forward to meeting you.", "Hi!")
    home.enter("u1", plain.replace("Globex Talent", "Sue").replace("talent@", "sue@"))
    home.sync()
    assert seen(home) == {}
    home.write_config(more='[detector]\nextra = "words.toml"')
    (home.path / "words.toml").write_text('strong = ["zwibbeltreff*"]\n')
    home.sync(home.now + HOUR)
    assert "title says 'Zwibbeltreff'" in [reason["words"] for reason in seen(home)["Zwibbeltreff"]["reasons"]]
    (home.path / "words.toml").write_text('strog = ["zwibbeltreff*"]\n')
    ran = home.run("sync")
    assert ran.code == 2
    assert "did you mean strong?" in ran.err
