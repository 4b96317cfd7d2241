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
