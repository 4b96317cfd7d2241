"""Telling own words from quotation takes work that grows with the mail, whatever it holds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from plugins.sources.mail.reply import MAX_LINES, parted
from plugins.sources.mail.reply_html import parted_html

MEGABYTE = 1_000_000


def work(done: Callable[[], Any]) -> int:
    """Calls that it makes, of Python and of C: the same on each machine."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        done()
    finally:
        sys.setprofile(None)
    return calls


LINES = [
    *(
        "a",
        "",
        ">",
        "> x",
        "x\n> y",
        "x:\n> y",
        "a b c:\n> y",
        "|",
        "--",
        "-- ",
        "__",
        "-----",
        "```",
        "<",
        "12:00:",
    ),
    *(
        "On 3 Mar 2026 at 10:00 I wrote to you:",
        "On 3 Mar 2026 at 10:00\n<",
        "John wrote:",
        "1 wrote: 2:",
        "a@b.c>",
    ),
    *(
        "x schrieb y schrieb z 1 schrieb 2026-01-01 10:00:",
        "On 3 " * 70 + "wrote:",
        "a@b.c> wrote: x",
        "From: x",
    ),
    *(
        "From: a@b\nx\nx\nx",
        "Date: 3.3.2026",
        "Sent: x\n",
        "-----Original Message",
        "## reply above",
        "Best regards",
    ),
    *(
        "Best regards\nIna",
        "Sent from my iPhone",
        "x\nSent from my iPhone",
        "Ina Lund\n+47 22 33 44 55\n",
        "Tel: 123",
    ),
    *(
        "This message is confidential",
        "virus-free.",
        "PS: x",
        "a\n>b\n\n--\nc\n",
        ">" + "x" * 70 + "\ny",
        "Thanks,",
    ),
]


@pytest.mark.parametrize("line", LINES)
def test_the_work_grows_with_the_lines(line: str) -> None:
    some, more = (work(lambda n=n: parted(f"{line}\n" * n)) for n in (500, 2_000))
    assert more < 5 * some


TAGS = [
    *(
        "<",
        "<div>",
        "</div>",
        "<div class=gmail_quote>",
        "<blockquote>",
        "<blockquote type=cite>",
        "<!--",
        "<script>",
    ),
    *(
        "<svg/>",
        "<div class=gmail_attr>",
        "<div class=gmail_attr>-----</div>",
        "<div class=gmail_attr>a</div>x",
        "<p>a",
    ),
    *(
        "<blockquote>x</blockquote>",
        "<span class=gmail_signature>",
        "<hr id=stopSpelling>",
        "<div id=",
        '<div id="',
    ),
    *(
        '<div style="border:none;border-top:solid ',
        "<div class='gmail_signature'><blockquote type=cite>x</blockquote>",
    ),
]


@pytest.mark.parametrize("tag", TAGS)
def test_the_work_grows_with_the_markup(tag: str) -> None:
    some, more = (work(lambda n=n: parted_html(tag * n)) for n in (500, 2_000))
    assert more < 5 * some + 1_000


@pytest.mark.parametrize("parting", [parted, parted_html])
@pytest.mark.parametrize("character", "a 1\t\n\r>-_=*.:<@|/#\"'(&;\u200b\u3000ß한")
def test_a_megabyte_of_one_character_is_read(parting: Callable[[str], Any], character: str) -> None:
    """Were a pattern to look back, this would take hours."""
    own, quoted = parting(character * MEGABYTE)
    assert len(own) + len(quoted) <= MEGABYTE


def test_what_is_behind_the_last_line_that_is_looked_at_goes_its_way() -> None:
    quotation = "On 3/3/26 09:14, Shop wrote:\n\nSorry."
    many = "\n".join(map(str, range(MAX_LINES)))
    assert parted(f"{many}\n\n{quotation}") == (f"{many}\n\n{quotation}", "")
    assert parted(f"Thanks\n\n{quotation}\n{many}") == ("Thanks", f"{quotation}\n{many}")
