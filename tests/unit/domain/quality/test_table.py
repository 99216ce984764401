"""Texts of tables: separators, names, what is missing, and what is refused with its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.table import counts_from, decode, parse_table, study_readings, subgroups_from


def rows(text: str, decimal_comma: bool = False) -> list[list[float | None]]:
    values = subgroups_from(parse_table(text, decimal_comma)).values
    return [[None if np.isnan(value) else value for value in row] for row in values.tolist()]


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n3,4\n",
        "1;2\r\n3;4\r\n",
        "1\t2\n3\t4",
        "x1,x2\n1,2\n3,4\n",
        '"x1","x2"\n"1","2"\n"3","4"\n',
        "\n\n 1 , 2 \n3,4\n\n\n",
        "1,2,\n3,4,\n",
        "1.0e0,2.\n+3,4e-0\n",
        "a;b\n1;2\n3;4",
        "1,2\r3,4\r",
        "subgroup,1,2\nA,1,2\nB,3,4\n",
        "Sample;x\nA;1\nA;2\n\nB;3\nB;4\n",
    ],
)
def test_the_same_readings_in_every_dress(text: str) -> None:
    assert rows(text) == [[1, 2], [3, 4]]


def test_blank_cells_and_short_rows_are_missing_readings() -> None:
    assert rows("1,2,3\n4,,6\n7,8\n") == [[1, 2, 3], [4, None, 6], [7, 8, None]]
    assert rows("x\n1\n\n3\n") == [[1], [None], [3]]
    assert rows("1,2\n,\n3,4\n") == [[1, 2], [None, None], [3, 4]]


def test_decimal_commas_are_refused_unless_they_are_announced() -> None:
    with pytest.raises(InputError, match=r"row 2, column 1: '1,5' has a decimal comma: write 1.5"):
        rows("2;3\n1,5;2\n")
    assert rows("1,5;2\n3;,5\n", decimal_comma=True) == [[1.5, 2], [3, 0.5]]
    assert rows("1,5\n2,5\n", decimal_comma=True) == [[1.5], [2.5]]
    with pytest.raises(InputError, match="decimal point"):
        rows("1.5;2\n", decimal_comma=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2\n3,abc\n", r"row 2, column 2: 'abc' is not a number"),
        ("x1,x2\n1,2\n3,ERR6\n", r"row 3, column 2 \(x2\): 'ERR6' is not a number"),
        ("1,nan\n", "row 1, column 2: 'nan' is no reading"),
        ("1,-inf\n", "'-inf' is no reading"),
        ("1,1e400\n", "'1e400' is too large"),
        ("1,1e200\n", "too large"),
        ("1,0x10\n", "not a number"),
        ("1,1_000\n", "not a number"),
        ("1,１２\n", "not a number"),
        ("1,2 3\n", "not a number"),
        ("1,--2\n", "not a number"),
        ("", "nothing in it"),
        ("\n , \n\n", "nothing in it"),
        ("x1,x2\n", "no row of values"),
        ("x1,x2\n1,2,3\n", "row 2, column 3: '3' stands in no column"),
        ("x1,x2\n,\n\n", "no row of values"),
        ("subgroup,x\nA,1\n,2\n", r"row 3, column 1 \(subgroup\): the row belongs to no subgroup"),
        ("subgroup\nA\n", "no reading"),
        # a reading in the first row that is written as no number is no name of a column
        ("1 000\n2\n", "row 1, column 1: '1 000' is not a number"),
        ("−1\n2\n", "row 1, column 1: '−1' is not a number"),
        ("0x10\n2\n", "row 1, column 1: '0x10' is not a number"),
        ("<0.5,x\n2,3\n", "row 1, column 1: '<0.5' is not a number"),
        ('x\n1\n"2\n3\n', "row 3: a quotation mark is opened and never closed"),
        ("x\n" + "7" * 60 + "z\n", "row 2, column 1 .x.: '7{40}…' is not a number"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rows(text)


def test_a_cell_too_large_for_a_reader_is_one_clear_error() -> None:
    with pytest.raises(InputError, match="row 1"):
        rows("1," + "9" * 200_000 + "\n")


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"\xef\xbb\xbf1,2", "1,2"), ("1,2".encode("utf-16"), "1,2"), ("ä,1".encode(), "ä,1")],
)
def test_marks_of_an_encoding_are_not_part_of_the_text(content: bytes, text: str) -> None:
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "said"), [(b"1,\xff2", "byte 3"), (b"1,\x002", "zero bytes"), (b"\xff\xfe1", "no text")]
)
def test_bytes_that_are_no_text_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        decode(content)


@pytest.mark.parametrize("text", ["count,size\n3,10\n4,20\n", "3,10\n4,20\n", "date,size,count\nmon,10,3\ntue,20,4\n"])
def test_counts_are_found_by_name_or_by_order(text: str) -> None:
    counts = counts_from(parse_table(text))
    assert (counts.count.tolist(), counts.size.tolist()) == ([3, 4], [10, 20])


def test_counts_alone_are_enough_where_the_size_is_always_one() -> None:
    counts = counts_from(parse_table("count\n3\n\n4\n"), needs_size=False)
    assert counts.missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3\n4\n", "size is missing"),
        ("1,2,3\n", "name the columns"),
        ("count,size\n3,\n", r"row 2, column 2 \(size\): the size of the sample is missing"),
        ("count,size\n3,10\n2.5,10\n", r"row 3, column 1 \(count\): '2.5' is no count"),
        ("-1,10\n", "row 1, column 1: '-1' is no count"),
        ("1,0\n", "row 1, column 2: '0' is no size"),
        ("1,x\n", "row 1, column 2: 'x' is not a number"),
    ],
)
def test_what_is_no_count_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        counts_from(parse_table(text))


@pytest.mark.parametrize(
    "text",
    ["part,operator,value\n1,Anna,2.5\n", "1,Anna,2.5\n", "Operator;Trial;Part;Y\nAnna;1;1;2.5\n\n"],
)
def test_a_study_is_found_by_name_or_by_order(text: str) -> None:
    assert list(study_readings(parse_table(text))) == [("1", "Anna", 2.5)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("part,operator,value\n1,Anna,\n", "row 2, column 3 .value.: the cell is blank"),
        ("part,operator,value\n,Anna,1\n", "row 2, column 1 .part.: the cell is blank"),
        ("part,operator,value\n1,,1\n", "row 2, column 2"),
        ("part,operator,value\n1,Anna,x\n", "'x' is not a number"),
        # without names the first row is a row of values, also when it holds no number
        ("P1,Anna,x\nP1,Anna,2\n", "row 1, column 3.*'x' is not a number"),
        ("part,operator\n1,Anna\n", "name the columns part, operator and value"),
        ("1,2\n", "name the columns"),
    ],
)
def test_a_study_with_a_gap_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(study_readings(parse_table(text)))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for read in (subgroups_from, counts_from, lambda table: list(study_readings(table))):
        try:
            read(parse_table(text))
        except InputError as error:
            assert str(error)
