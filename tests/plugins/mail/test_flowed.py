"""format=flowed."""

from __future__ import annotations

import pytest

from plugins.sources.mail.flowed import unflowed


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The app \ncrashes.\nBye", "The app crashes.\nBye"),
        ("The app\ncrashes.", "The app\ncrashes."),
        ("a \nb \nc", "a b c"),
        ("> quoted \n> on\nown", "> quoted on\nown"),
        (">> a \n> b", ">> a \n> b"),
        ("> a \nown", "> a \nown"),
        (">a", "> a"),
        (" >not quoted", ">not quoted"),
        (" From here", "From here"),
        ("-- \nIna", "-- \nIna"),
        ("words \n-- \nIna", "words \n-- \nIna"),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_lines_that_a_client_broke_are_whole(text: str, whole: str) -> None:
    assert unflowed(text, delsp=False) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("アプリが \n起動しません", "アプリが起動しません"),
        ("a \nb", "ab"),
        ("a  \nb", "a b"),
        ("> アプ \n> リ", "> アプリ"),
        ("-- \nIna", "-- \nIna"),
    ],
)
def test_with_delsp_the_space_belongs_to_the_break(text: str, whole: str) -> None:
    assert unflowed(text, delsp=True) == whole


@pytest.mark.parametrize("piece", ["a \n", ">\n", "> \n", " ", "-- \n", ">"])
def test_a_megabyte_of_anything_is_read(piece: str) -> None:
    unflowed(piece * (1_000_000 // len(piece)), delsp=True)
