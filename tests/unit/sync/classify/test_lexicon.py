from afterview.sync.classify import Lexicon, load_lexicon
from afterview.sync.classify.normal import fold, tokens
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
