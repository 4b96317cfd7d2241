"""Words out of HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq.markup import text_of


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("<p>one</p><p>two<br/>three</p>", "one\n\ntwo\nthree"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("a <b>bold</b>\n  word", "a bold word"),
        ("<style>p{}</style><script>if (a<b) alert(1)</script>x", "x"),
        ("<SCRIPT>y</script >x", "x"),
        ("<!-- <p>no</p> -->yes", "yes"),
        ("<!--[if mso]>no<![endif]-->yes<![if !mso]>too<![endif]>", "yestoo"),
        ('<a title="1 > 0" href=x>link</a>', "link"),
        ("1 < 2 and 2 <3", "1 < 2 and 2 <3"),
        ("<td>a</td><td>b</td>", "a b"),
        ("a<p", "a"),
        ("", ""),
    ],
)
def test_the_visible_words_are_found(markup: str, words: str) -> None:
    assert text_of(markup) == words


REFUND = "please refund order 77"


@pytest.mark.parametrize(
    "markup",
    [
        f"<svg width='1'/>{REFUND}",
        f"<svg><path d='M0'/><title>Logo</title></svg>{REFUND}",
        f"<svg width=1>{REFUND}",
        f"<title/>{REFUND}",
        f"<head><title>T</title><style/></head>{REFUND}",
        f"<script/>{REFUND}",
        f"<style>{REFUND}",
        f"<template><p>no</p></template>{REFUND}",
        f"<noscript>{REFUND}</noscript>",
        f"<textarea>{REFUND}</textarea>",
        f"<object>{REFUND}</object>",
        f"<noframes>{REFUND}</noframes>",
        f"<o:p>{REFUND}</o:p>",
        f"<!--[if mso]><p>Outlook</p><![endif]-->{REFUND}",
        f"<!--[if !mso]><!-->{REFUND}<!--<![endif]-->",
        f"<!--[if !mso]> -->{REFUND}<!-- <![endif]-->",
        f"<![if !mso]>{REFUND}<![endif]>",
        f"<!-- no end >{REFUND}",
        f"<!-->{REFUND}",
        f"<!-- a --!>{REFUND}",
        f'<div style="display:none">Preview</div>{REFUND}',
        f'<div style="color:#fff; DISPLAY : none !important"><span>Pre<div>vi</div>ew</span></div>{REFUND}',
        f"<p style=display:none>Preview</p>{REFUND}",
        f'<div style="max-height:0px;overflow:hidden">Preview</div>{REFUND}',
        f"<p hidden>Preview</p>{REFUND}",
        f'<p class="a" hidden="">Preview</p>{REFUND}',
        f'<div style="display:none">{REFUND}',
        f'<div style="display:none">{REFUND}</div>',
        f'<br style="display:none">{REFUND}',
        f'<img src="data:image/png;base64,{"A" * 100_000}">{REFUND}',
        f'<p title="a > b">{REFUND}</p>',
        f'<a href="http://shop.example/?a=1&b=2">{REFUND}</a>',
        f"<?xml version='1.0'?><!DOCTYPE html>{REFUND}",
        f"</p></body>{REFUND}",
        f"<body></html>{REFUND}",
        f"{REFUND}&nbsp;&zwnj;&nbsp;&zwnj;&#8203;&shy;",
        "please&shy; re&#8203;fund <b>or</b>der <i>7</i>7",
    ],
)
def test_no_words_are_lost_and_nothing_unseen_is_shown(markup: str) -> None:
    assert text_of(markup) == REFUND


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<pre>one\n  two</pre>three", "one\ntwo\nthree"),
        ("<xmp>one\ntwo</xmp>", "one\ntwo"),
        ("<ol><li>one</li><li>two</li></ol>", "- one\n\n- two"),
        (
            "<table><tr><td>Order</td><td>77</td></tr><tr><th>Total</th><td>5</td></tr></table>",
            "Order 77\n\nTotal 5",
        ),
        ("<h1>Head</h1>text", "Head\ntext"),
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("<dl><dt>a<dd>b</dl>", "a\nb"),
        ("&lt;b&gt; &amp;amp; &euro;5", "<b> &amp; €5"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a sign of the Persian script
        ("👩\u200d💻", "👩\u200d💻"),
        ('great <img alt="😀" src="cid:1">', "great 😀"),
        ('great <img alt="company logo" src="cid:1">', "great"),
    ],
)
def test_lines_and_signs_are_as_they_are_seen(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        '<a b="',
        "<a b='c' ",
        "</",
        "<!--",
        "<!",
        "<?",
        "<![",
        "&",
        "&#1",
        "<div>",
        '<a ">"',
        "<script>",
        "</script ",
        '<b style="display:none">',
        "<p style=display:none>x</p>",
        '<b style="',
        "<svg>",
        "&zwnj;",
        "\u200c ",
        "<pre>",
    ],
)
def test_a_hundred_thousand_of_anything_pass(piece: str) -> None:
    """Each takes the standard library's parser minutes, or a fraction of a second here."""
    text_of("<script>" + piece * 20_000)
    text_of(piece * 100_000)


@given(st.text(alphabet="<>/!-&;'\"abp =[]\n", max_size=60))
def test_nothing_is_an_error(markup: str) -> None:
    assert isinstance(text_of(markup), str)


@pytest.mark.parametrize("separator", ["\v", "\f", "\x1c", "\x1f", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_words_that_a_rare_character_parts_stay_apart(separator: str) -> None:
    assert text_of(f"<p>line one{separator}line two</p>").split() == ["line", "one", "line", "two"]


@pytest.mark.parametrize("reference", ["&#11;", "&#x0b;", "&#xB;", "&#12;", "&#28;", "&#x1F;", "&#x2028;"])
def test_so_they_do_where_it_is_written_as_a_reference(reference: str) -> None:
    assert text_of(f"<p>line one{reference}line two</p>").split() == ["line", "one", "line", "two"]


def test_a_reference_to_a_letter_is_left_alone() -> None:
    assert text_of("&#110;&#x1c5;&#xb5;") == "n\u01c5µ"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Write to <ina@cust.example> please", "Write to <ina@cust.example> please"),
        ("Ina <b.lund+x@cust.example>", "Ina <b.lund+x@cust.example>"),
        ("see <https://shop.example/a?b=1> now", "see <https://shop.example/a?b=1> now"),
        ("<HTTP://shop.example>", "<HTTP://shop.example>"),
        ("<mailto:ina@cust.example>", "<mailto:ina@cust.example>"),
        ("<o:p>a</o:p>", "a"),
        ('<p title="the hidden gem">found</p>', "found"),
        ('<p class="x hidden y">found</p>', "found"),
        ('<p aria-hidden="false">found</p>', "found"),
        ('<p style="max-height:0.5em">found</p>', "found"),
        ('<p style="max-height:100px">found</p>', "found"),
    ],
)
def test_what_only_looks_like_a_tag_or_hidden_is_shown(markup: str, text: str) -> None:
    assert text_of(f"<p>First</p>{markup}").removeprefix("First").strip() == text
