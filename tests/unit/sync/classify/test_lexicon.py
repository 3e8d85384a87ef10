from hypothesis import example, given
from hypothesis import strategies as st

from afterview.sync.classify import Lexicon, load_lexicon
from afterview.sync.classify.normal import cut_term, fold, tokens
from afterview.sync.classify.terms import Terms


def _kinds(lexicon: Lexicon, text: str) -> list[tuple[str, ...]]:
    return [tuple(sorted(hit.kinds)) for hit in lexicon.evidence.scan(tokens(text))]


def test_the_longest_term_consumes_the_shorter_one() -> None:
    terms = Terms({"word": ["interview"], "exclude": ["exit interview"]})
    assert [hit.kinds for hit in terms.scan(tokens("Exit interview, then interview"))] == [{"exclude"}, {"word"}]


def test_a_word_boundary_counts_except_in_cjk() -> None:
    terms = Terms({"word": ["interview", "面接"]})
    assert not terms.scan(tokens("interviewer"))
    assert terms.scan(tokens("二次面接のご案内"))


def test_stars_stand_for_endings_and_beginnings() -> None:
    terms = Terms({"word": ["kandidat*", "*interview"]})
    assert len(terms.scan(tokens("Kandidatin zum Kurzinterview"))) == 2


def test_folding_takes_case_accents_and_width_away() -> None:
    assert fold("ENTREVISTA TÉCNICA") == fold("entrevista tecnica")
    assert fold("\uff29nterview") == "interview"
    assert fold("Łódź") == "lodz"


def test_languages_mix_in_one_text() -> None:
    found = _kinds(load_lexicon(), "Vorstellungsgespräch / entretien d'embauche / job interview")
    assert found == [("strong",)] * 3


def test_the_user_can_add_terms() -> None:
    lexicon = load_lexicon({"strong": ["Schnuppern beim Chef"], "exclude": "Interview mit Oma"})
    assert _kinds(lexicon, "schnuppern beim chef") == [("strong",)]
    assert _kinds(lexicon, "Interview mit Oma") == [("exclude",)]


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \t-.éüßłİǅＩ면접面नि\u0301\u00ad\u200b\xa0"))))
@example("\u0130stanbul \u01c5ep ﬁnal ① Ⅳ ²")
def test_word_by_word_folding_gives_what_folding_the_whole_text_gives(text: str) -> None:
    assert list(tokens(text)) == cut_term(fold(text).replace("*", " "))


def test_a_term_inside_a_longer_one_of_another_kind_is_touched() -> None:
    terms = Terms({"exclude": ["exit interview"], "word": ["interview"], "job": ["engineer"]})
    assert terms.touches(tokens("Exit interview"), frozenset({"word"}))
    assert not terms.touches(tokens("Exit inter view"), frozenset({"word", "job"}))
    assert terms.touches(tokens("an engineer"), frozenset({"word", "job"}))
