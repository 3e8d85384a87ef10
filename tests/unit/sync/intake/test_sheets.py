"""Tables of past applications, however people keep them."""

import pytest

from afterview.sync.errors import ConfigError
from afterview.sync.intake.sheets import MOST_ROWS, outcome_in, read_sheet
from afterview.sync.model import Outcome


@pytest.mark.parametrize(
    "text",
    [
        "Company,Role,Interview date,Status\nInitech,Engineer,2026-05-04,no\n",
        "STATUS;Gespräch am;Stelle;FIRMA\r\nno;2026-05-04;Engineer;Initech\r\n",
        '"Company";"Role";"Date";"Status"\n"Initech";"Engineer";"2026-05-04";"no"\n',
        "Entreprise\tPoste\tDate de l'entretien\tStatut\nInitech\tEngineer\t2026-05-04\tno",
        'sep=;\n"Fecha de la entrevista";Empresa;Puesto;Estado\n"2026-05-04";"Initech";Engineer;no\n',
        "\n\nposition,e-mail,company_name,date,Outcome\nEngineer,,Initech,2026-05-04,no\n",
    ],
)
def test_columns_stand_in_any_order_language_and_case(text: str) -> None:
    (row,) = read_sheet(text, "past.csv").rows
    assert dict(row.cells) == {"company": "Initech", "role": "Engineer", "interview": "2026-05-04", "outcome": "no"}


def test_a_cell_with_separators_quotes_and_lines_is_one_cell_and_lines_are_counted_as_editors_do() -> None:
    text = 'company,advice,Colour\nInitech,"a, ""b""\nc",red\n,,\nHooli,\'+1,x\n'
    sheet = read_sheet(text, "past.csv")
    assert [(row.number, row["company"], row["advice"]) for row in sheet.rows] == [
        (2, "Initech", 'a, "b"\nc'),
        (5, "Hooli", "+1"),
    ]
    assert sheet.ignored == ("Colour",)


def test_a_line_whose_cells_have_shifted_is_not_believed() -> None:
    (row,) = read_sheet("company,role\nInitech, Inc.,Engineer\n", "past.csv").rows
    assert "more cells than the first line" in row.problem
    assert row["company"] == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column for the company"),
        ("name,date\nx,y\n", "no column for the company"),
        ('company,role\nInitech,"x\n', "past.csv, line 2: this is no table"),
        ("company\n" + "x\n" * (MOST_ROWS + 1), "more than 20000 lines"),
        ("company\n" + "x" * 200_000, "line 2: this is no table"),
        ("when,local,company,role,what,who,details,source,keys\n", "only its JSON form"),
    ],
)
def test_what_is_no_such_table_is_refused_with_one_sentence(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_sheet(text, "past.csv")


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("No", Outcome.NO),
        ("Abgelehnt", Outcome.NO),
        ("refusé", Outcome.NO),
        ("Rechazado", Outcome.NO),
        ("no - too junior", Outcome.NO),
        ("nächste Runde", Outcome.ADVANCED),
        ("Oferta", Outcome.OFFER),
        ("hired", Outcome.ACCEPTED),
        ("embauchée", Outcome.ACCEPTED),
        ("zurückgezogen", Outcome.WITHDRAWN),
        ("in progress", None),
        ("keine Antwort", None),
        ("No answer", None),
        ("", None),
    ],
)
def test_outcomes_are_read_in_four_languages_and_silence_is_none(cell: str, outcome: Outcome | None) -> None:
    assert outcome_in(cell) is outcome


def test_a_word_that_nobody_knows_is_no_outcome() -> None:
    with pytest.raises(ValueError, match="declined"):
        outcome_in("declined")
