from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.tickets.words import WORD_LIMIT, folded, inflected, tokens, tokens_of_text


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Order ORD-12345 is late", ["order", "ord", "12345", "is", "late"]),
        ("https://shop.example/orders/1001?x=1", ["https", "shop", "example", "orders", "1001", "x", "1"]),
        ("jo.doe+shop@mail.example", ["jo", "doe", "shop", "mail", "example"]),
        ("snake_case don't 1,234.56", ["snake", "case", "don", "t", "1", "234", "56"]),
        ("Café MENÜ Łódź Straße İstanbul", ["cafe", "menu", "lodz", "strasse", "istanbul"]),
        ("ﬁx ＡＢＣ ½", ["fix", "abc", "1", "2"]),
        ("Ёлка новый ЙОД", ["елка", "новый", "йод"]),
        ("أحمد كِتَاب كـــتاب", ["احمد", "كتاب", "كتاب"]),
        ("שָׁלוֹם", ["שלום"]),
        ("تعطل \u200fcheckout\u200f", ["تعطل", "checkout"]),
        (
            "\u202bpay\u202cment\u2066 in\u00advoice \ufeffzero\u200bwidth",
            ["payment", "invoice", "zerowidth"],
        ),
        ("١٢٣ १२३ １２３", ["123", "123", "123"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("क़ीमत लड़की", ["कीमत", "लडकी"]),
        ("заказ12345 رقم123 आईफोन15", ["заказ", "12345", "رقم", "123", "आईफोन", "15"]),
        ("הiPhone וcheckout из API", ["ה", "iphone", "ו", "checkout", "из", "api"]),
        ("الطلب\u200fcheckout\u200fتعطل \u2067pay\u2069now", ["الطلب", "checkout", "تعطل", "paynow"]),
        ("Bố ňəŋ Ðặng", ["bo", "nəŋ", "dang"]),
        ("アプリv2が", ["アプリ", "v2", "が"]),
        ("it ❤️ works 😀😀", ["it", "❤", "works", "😀", "😀"]),
        ("... -- !?", []),
        ("", []),
    ],
)
def test_a_text_is_made_of_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("返金", ["返金", "金"]),
        ("アプリが", ["アプ", "プリ", "リが", "が"]),
        ("환불해", ["환불", "불해", "해"]),
        ("คืนเงิน", ["คืน", "ืนเ", "นเง", "เงิ", "งิน", "ิน", "น"]),
        ("退", ["退"]),
        ("refund", []),
    ],
)
def test_a_run_without_spaces_is_cut_into_pieces(text: str, pieces: list[str]) -> None:
    (token,) = tokens(text)
    assert token.pieces == pieces


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("ord12345", ["12345"]),
        ("inv2024x0017", ["0017", "17", "2024"]),
        ("000123", ["123"]),
        ("12345", []),
        ("v2", ["2"]),
        ("a2", []),
        ("refund", []),
        ("00", []),
    ],
)
def test_the_numbers_within_a_word(word: str, numbers: list[str]) -> None:
    (token,) = tokens(word)
    assert token.numbers == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("应用崩溃，请退\n款。 谢谢", ["应用崩溃", "请退款", "谢谢"]),
        ("山田\u3000太郎", ["山田太郎"]),
        ("결제 오류", ["결제오류"]),
        ("iPhone 版 の 返金", ["iphone", "版の返金"]),
        ("คืน เงิน 返金", ["คืนเงิน", "返金"]),
        ("két szó két", ["ket", "szo", "ket"]),
        (" two words ", ["two", "words"]),
        (" \u3000 ", []),
    ],
)
def test_a_run_that_was_written_goes_on_behind_white_space(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens_of_text(text)] == expected


@pytest.mark.parametrize("text", ["Café menü naïve", "환불 각하", "がぎぐ ザジズ", "Ångström й", "หน้า"])
def test_composed_and_decomposed_are_the_same(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_what_may_have_other_forms_keeps_its_accents() -> None:
    assert inflected("Häuser, häuser! ORD123 am 返金 Кошки") == {"häuser", "кошки"}


def test_a_long_word_is_cut_alike_everywhere() -> None:
    assert words("x" * 5_000) == ["x" * WORD_LIMIT]


@given(st.text(max_size=200))
def test_any_text_has_words_that_are_their_own_words(text: str) -> None:
    once = words(text)
    assert [again for word in once for again in words(word)] == once
    assert not any(mark in word for word in once for mark in "'\\~= ")


@given(st.text(max_size=200))
def test_folding_once_is_enough(text: str) -> None:
    assert folded(folded(text)) == folded(text)
