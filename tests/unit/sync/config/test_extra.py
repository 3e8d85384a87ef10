"""The user's own lexicon: what it adds, and one sentence for whatever is wrong with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from afterview.sync.classify import classify, first_look, load_lexicon
from afterview.sync.classify.load import load_lexicon as shipped
from afterview.sync.config.extra import KINDS, STAGES, read_extra
from afterview.sync.errors import ConfigError
from afterview.sync.model import Answer, Event, Glance, Owner, Participant, Verdict

START = datetime(2026, 5, 5, 9, tzinfo=UTC)
OWNER = Owner(frozenset({"kim.berg@gmail.com"}), ("Kim Berg",))


def written(folder: Path, text: str) -> Path:
    path = folder / "words.toml"
    path.write_text(text, "utf-8")
    return path


def judged(path: Path, title: str, sender: str = "") -> tuple[Verdict, bool]:
    """Return the verdict, and whether the first look lets the event pass."""
    lexicon = load_lexicon(read_extra(path))
    organizer = Participant(sender, "X") if sender else None
    event = Event("a", "c", "r", "u1", START, START, title=title, organizer=organizer)
    glance = Glance("u1", title, "", f"mailto:{sender}" if sender else "", f"SUMMARY:{title}\nORGANIZER:{sender}")
    return classify(event, OWNER, lexicon), first_look(glance, OWNER, lexicon)


def test_words_are_found_as_the_shipped_ones_are(tmp_path: Path) -> None:
    path = written(tmp_path, 'strong = ["Zwibbeltreff*", "große Runde"]\n[stage]\nonsite = "zwibbeltreff*"\n')
    for title in ("Zwibbeltreffen Nordhaus", "GROSSE RUNDE Nordhaus"):
        verdict, passed = judged(path, title)
        assert (verdict.answer, passed) == (Answer.YES, True)
    assert judged(path, "Zwibbeltreffen Nordhaus")[0].stage == "onsite"


def test_words_can_rule_out(tmp_path: Path) -> None:
    plain = written(tmp_path, 'other = ["nothing"]\n')
    assert judged(plain, "Interview Tiergarten")[0].answer is Answer.ASK
    assert judged(written(tmp_path, 'exclude = ["tiergarten"]\n'), "Interview Tiergarten")[0].answer is Answer.NO


def test_a_service_of_ones_own(tmp_path: Path) -> None:
    path = written(tmp_path, '[vendors]\nats = ["hire.nordhaus.example"]\nfree_mail = "post.example"\n')
    verdict, passed = judged(path, "Your appointment: accountant", "bot@hire.nordhaus.example")
    assert passed
    assert "invitation from hire.nordhaus.example" in [reason.words for reason in verdict.reasons]
    assert "post.example" in load_lexicon(read_extra(path)).vendors.free_mail


def test_the_kinds_are_those_of_the_shipped_files() -> None:
    shipped_lexicon = shipped()
    kinds = {*shipped_lexicon.evidence._by_kind, *shipped_lexicon.marks._by_kind, *shipped_lexicon.labels._by_kind}
    assert kinds == {*KINDS, "vendor"}
    assert set(shipped_lexicon.stages._by_kind) == set(STAGES)


def test_another_file_is_another_lexicon(tmp_path: Path) -> None:
    marks = {load_lexicon(read_extra(written(tmp_path, f'word = ["{word}"]'))).mark for word in ("a1", "b1", "a1")}
    assert len(marks) == 2
    assert load_lexicon().mark not in marks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('strog = ["x"]', '"strog" is not a key of the lexicon; did you mean strong?'),
        ("strong = 3", "strong in the lexicon must be a list of texts"),
        ("strong = [1]", "strong in the lexicon must be a list of texts"),
        ('strong = ["*"]', 'strong in the lexicon has the term "*", which has no letter or digit'),
        ('strong = ["!?"]', "no letter or digit"),
        ('[stage]\nonsight = ["x"]', '"onsight" is not a key of [stage]; did you mean onsite?'),
        ("stage = 1", "[stage] must be a table"),
        ('[vendors]\nats = ["me@x.example"]', '"me@x.example"; a domain such as'),
        ('[vendors]\nats = ["example"]', '"example"; a domain such as'),
        ("strong = [", "not valid TOML"),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_extra(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"extra in \[detector\]\) cannot be read: No such file"):
        read_extra(tmp_path / "nothing.toml")
    (tmp_path / "words.toml").write_bytes(b"strong = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        read_extra(tmp_path / "words.toml")
