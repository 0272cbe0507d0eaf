"""What a cell holds stays text when the office opens the file."""

import csv
import io

import pytest

from portal.web import sheets

HEADER = ("Student ID", "Phone", "Note")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+12135550100",
        "-5",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "  =1",
        "\u3000=1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert sheets.cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ana", "204518X327", "a=b", "", "3.5", "«Ana»", "رضا"])
def test_other_cells_stay_as_they_are(text):
    assert sheets.cell(text) == text


def test_a_file_reads_back_as_it_was_written():
    rows = [("0012", "+12135550100", 'said "no",\nand left'), (None, 5, "=cmd|' /C calc'!A0")]
    read = list(csv.reader(io.StringIO(sheets.written(HEADER, rows))))
    assert read == [
        list(HEADER),
        ["0012", "'+12135550100", 'said "no",\nand left'],
        ["", "5", "'=cmd|' /C calc'!A0"],
    ]


def test_a_download_is_text_of_its_own_kind_and_never_shown_as_a_page():
    answer = sheets.answer("contacts.csv", HEADER, [])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    assert answer.content.decode("utf-8-sig") == "Student ID,Phone,Note\r\n"
