"""Bytes of any make become clean rows with their line numbers, and what does not is named."""

import csv
import io
from collections.abc import Iterable

import pytest

from portal.sis import reader
from portal.sis.bundle import Member, Refused

HEADER = "sourcedId,name,note"


def read(content: bytes | str, required: Iterable[str] = ("sourcedId",), wanted: str = HEADER):
    """What reaches the staging table, and what is said of the file."""
    raw = content if isinstance(content, bytes) else content.encode()
    member = Member("things.csv", "bulk", len(raw), lambda: io.BytesIO(raw))
    out = io.StringIO(newline="")
    staged = reader.read(
        member,
        "in_things",
        {name: name for name in wanted.split(",")},
        required,
        lambda _: out.write,
        lambda _: None,
    )
    got = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    return sorted(got, key=lambda row: int(row[0])), staged


def rows(content: bytes | str, **more) -> list[list[str]]:
    return read(content, **more)[0]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\na,Ana,x\nb,Ben,y\n",
        f"{HEADER}\r\na,Ana,x\r\nb,Ben,y\r\n",
        f"{HEADER}\na,Ana,x\nb,Ben,y",
        b"\xef\xbb\xbf" + f"{HEADER}\na,Ana,x\nb,Ben,y\n".encode(),
        f"{HEADER}\na,Ana,x\nb,Ben,y\n".encode("utf-16"),
        b"\xfe\xff" + f"{HEADER}\r\na,Ana,x\r\nb,Ben,y\r\n".encode("utf-16-be"),
        '"sourcedId","name","note"\n"a","Ana","x"\n"b","Ben","y"\n',
        f"{HEADER}\na, Ana ,x\n b,Ben,\ty\n",
    ],
)
def test_the_same_two_rows_however_they_are_written(content):
    assert rows(content) == [["2", "a", "Ana", "x"], ["3", "b", "Ben", "y"]]


def test_a_cell_may_hold_commas_quotes_and_lines_and_the_next_row_keeps_its_line_number():
    assert rows(f'{HEADER}\r\na,"Reyes, Ana","so\r\n""said"""\r\nb,Ben,y\r\n') == [
        ["2", "a", "Reyes, Ana", 'so\n"said"'],
        ["4", "b", "Ben", "y"],
    ]


def test_columns_are_found_in_any_order_and_case_and_strangers_are_left_behind():
    got, staged = read("Password,NOTE ,shoe,sourcedid,\nsecret,x,38,a,\n")
    assert (got, staged.columns) == ([["2", "x", "a"]], ("note", "sourcedId"))
    assert [note.split(" was")[0] for note in staged.notes] == ["The column NOTE", "The column sourcedid"]


def test_a_misspelled_column_is_named_with_the_one_it_may_be():
    got, staged = read("sourcedId,nmae\na,Ana\n", wanted="sourcedId,name")
    assert got == [["2", "a"]]
    assert staged.notes == []
    _got, staged = read("sourcedId,familyNames\na,Ana\n", wanted="sourcedId,familyName")
    assert staged.notes == ["The column familyNames is not known and was not read. Is it familyName?"]


def test_rows_too_short_are_filled_up_and_empty_cells_too_many_cut_off():
    got, staged = read(f"{HEADER}\na,Ana\nb,Ben,y,,\nc,Cai,z\n")
    assert got == [["2", "a", "Ana", ""], ["3", "b", "Ben", "y"], ["4", "c", "Cai", "z"]]
    assert {code: found.lines for (_column, code), found in staged.repairs.items()} == {
        "short_row": [2],
        "long_row": [3],
    }


def test_a_cell_too_many_that_says_something_puts_the_row_aside():
    got, staged = read(f"{HEADER}\na,Ana,x\nb,Ben,Okafor,y\n")
    assert got == [["2", "a", "Ana", "x"]]
    assert staged.refused == [(3, "", "too_many_cells", "b")]
    assert staged.rows == 2


@pytest.mark.parametrize("odd", ["\0", "\x1b", "\x7f", "\x07"])
def test_a_control_character_puts_its_row_aside_and_no_other(odd):
    got, staged = read(f"{HEADER}\na,An{odd}a,x\nb,Ben,y\n")
    assert got == [["3", "b", "Ben", "y"]]
    assert staged.refused == [(2, "name", "control_character", "a")]


def test_a_line_end_of_an_old_machine_inside_a_row_is_a_control_character():
    got, staged = read(f"{HEADER}\na,An\ra,x\nb,Ben,y\n")
    assert (got, staged.refused) == ([["3", "b", "Ben", "y"]], [(2, "name", "control_character", "a")])


def test_a_line_of_windows_1252_is_read_and_noted():
    got, staged = read(f"{HEADER}\na,José,x\n".encode() + "b,Zoë,y\n".encode("cp1252"))
    assert got == [["2", "a", "José", "x"], ["3", "b", "Zoë", "y"]]
    assert staged.repairs["", "windows_1252"].lines == [3]


def test_a_byte_that_is_no_letter_puts_its_row_aside():
    many = "".join(f"n{n},Name,\n" for n in range(2000)).encode()
    got, staged = read(HEADER.encode() + b"\n" + many + b"b,Zo\x81,y\n")
    assert len(got) == 2000
    assert staged.refused == [(2002, "name", "undecodable", "b")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header row"),
        (b"\xef\xbb\xbf", "no header row"),
        ("name\nAna\n", "no column sourcedId"),
        (f"{HEADER}\n".encode("utf-16-le"), "UTF-16"),
        (f'{HEADER}\na,"Ana,x\nb,Ben,y\n', "line 2 .* never closed"),
        (f'{HEADER}\na,"Ana,x\n' + "b,Ben,y\n" * 400_000, "quotation mark"),
        (b"\xff\xfe" + f"{HEADER}\na,A,x\n".encode("utf-16-le")[:-1], "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, says):
    with pytest.raises(Refused, match=says):
        rows(content)


def test_a_stray_quotation_mark_inside_a_cell_is_kept():
    assert rows(f'{HEADER}\na,6" pipe,x\nb,Ben,y\n') == [["2", "a", '6" pipe', "x"], ["3", "b", "Ben", "y"]]


def test_letters_are_put_together_in_one_way():
    assert rows(f"{HEADER}\na,Jose\u0301,x\n") == [["2", "a", "José", "x"]]


@pytest.mark.parametrize("block", [1, 7, 64])
def test_where_the_blocks_are_cut_makes_no_difference(monkeypatch, block):
    content = f'{HEADER}\r\na,"Reyes,\r\nAna",x\r\n' + "b,Zoë,y\r\n" * 20 + 'c,"Cai ""C""",z'
    whole = rows(content)
    monkeypatch.setattr(reader, "BLOCK", block)
    assert rows(content) == whole
    assert [row[0] for row in whole] == ["2", *map(str, range(4, 25))]
