"""Text from bytes whose charset was named by a stranger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq.charsets import decoded, undeclared

GERMAN = "Für März wurde doppelt abgebucht – bitte prüfen"
RUSSIAN = "Приложение не работает, верните деньги за заказ"
JAPANESE = "アプリが起動しません。返金してください。"
WORDS = {
    "cp1251": RUSSIAN,
    "koi8_r": RUSSIAN,
    "mac_cyrillic": RUSSIAN,
    "cp932": JAPANESE,
    "gb18030": "退款请求",
    "cp950": "退款請求",
    "cp949": "환불해 주세요",
    "cp874": "ขอคืนเงิน",
    "iso8859_8": "בקשה להחזר",
}


@pytest.mark.parametrize(
    ("payload", "named", "expected"),
    [
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode(), "", "Größe"),
        ("Größe".encode(), "us-ascii", "Größe"),
        ("Größe".encode("latin-1"), "utf-8", "Größe"),
        ("“smart”".encode("cp1252"), "ISO-8859-1", "“smart”"),
        ("漢字".encode("gb18030"), "gb2312", "漢字"),
        ("한글".encode("cp949"), "ks_c_5601-1987", "한글"),
        ("まみむ".encode("iso-2022-jp"), "iso-2022-jp", "まみむ"),
        (b"plain", "x-unknown-charset", "plain"),
        (b"plain", "rot13", "plain"),
        (b"\\x41", "unicode_escape", "\\x41"),
        (b"a" * 5, "undefined\x00", "aaaaa"),
    ],
)
def test_the_charset_that_fits_is_found(payload: bytes, named: str, expected: str) -> None:
    assert decoded(payload, named) == expected


@pytest.mark.parametrize(
    ("named", "codec"),
    [
        *[
            (name, "cp1252")
            for name in ("latin1", "l1", "LATIN-1", "iso88591", "iso8859-1", "ISO_8859-1:1987")
        ],
        *[(name, "cp1252") for name in ("x-cp1252", "windows-1252", "win-1252", "cp1252", "'iso-8859-1'")],
        *[
            (name, "cp1251")
            for name in ("x-cp1251", "windows1251", "win1251", "CP-1251", "charset=windows-1251")
        ],
        *[(name, "koi8_r") for name in ("koi8-r", "koi", "koi8", "cskoi8r")],
        *[(name, "cp1254") for name in ("iso-8859-9", "latin5", "iso88599", "x-cp1254")],
        *[(name, "iso8859_15") for name in ("iso-8859-15", "latin9", "csisolatin9", "8859-15")],
        *[(name, "iso8859_8") for name in ("visual", "logical", "iso-8859-8-i", "csiso88598e")],
        *[(name, "cp874") for name in ("tis-620", "windows-874", "dos-874", "iso-8859-11")],
        *[(name, "mac_roman") for name in ("macintosh", "x-mac-roman", "mac")],
        *[(name, "mac_cyrillic") for name in ("x-mac-cyrillic", "x-mac-ukrainian")],
        *[(name, "gb18030") for name in ("gb2312", "GBK", "x-gbk", "csgb2312", "gb_2312-80", "chinese")],
        *[(name, "cp950") for name in ("big5", "cn-big5", "x-x-big5")],
        *[(name, "cp949") for name in ("euc-kr", "ks_c_5601-1987", "ksc_5601", "windows-949", "cseuckr")],
        *[(name, "cp932") for name in ("shift_jis", "x-sjis", "sjis", "windows-31j", "ms_kanji")],
        *[(name, "utf_8") for name in ("utf8", "UTF_8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf8mb4")],
    ],
)
def test_a_charset_is_known_by_its_names(named: str, codec: str) -> None:
    assert decoded(WORDS.get(codec, "prüfen é").encode(codec), named) == WORDS.get(codec, "prüfen é")


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        ("①アプリ", "euc_jis_2004", "euc-jp"),
        ("①アプリ㈱", "cp932", "shift_jis"),
        ("It’s “slow” – 5 €", "cp1252", "latin1"),
        ("退款，镕", "gb18030", "gb2312"),
        ("똠방각하", "cp949", "euc-kr"),
    ],
)
def test_a_name_means_the_superset_that_senders_use(text: str, codec: str, named: str) -> None:
    assert decoded(text.encode(codec), named) == text


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b'\x1b$B-!\x1b(B\x1b$B%"%W%j\x1b(B ok', "①アプリ ok"),
        (b'\x1b$B-!-"\x1b(B', "①②"),
        (b"a\x1b$B-j\x1b(B\nb", "a㈱\nb"),
        (b"\x1b$@JV6b\x1b(J", "返金"),
        (b"\x1b(I12\x1b(B", "ｱｲ"),
        (b"\x1b$BJV6b", "返金"),
        (b"\x1b$BJV6", "返\ufffd"),
    ],
)
def test_iso_2022_jp_has_the_characters_of_nec(payload: bytes, text: str) -> None:
    assert decoded(payload, "ISO-2022-JP") == text
    assert decoded(payload, "iso-2022-jp-ms", "ISO-2022-JP") == text


@pytest.mark.parametrize(
    ("payload", "named", "text"),
    [
        (GERMAN.encode() + b" Empf\xe4nger", "utf-8", GERMAN + " Empfänger"),
        (GERMAN.encode() + b" it\x92s", "utf-8", GERMAN + " it’s"),
        (GERMAN.encode() + b"\xe2\x80", "utf-8", GERMAN + "\ufffd"),
        (GERMAN.encode() + b"\xff!", "", GERMAN + "ÿ!"),
        ("prüfen ß".encode() + b"\xe4", "utf-8", "prüfen ßä"),
        (GERMAN.encode("cp1252") + b"\x81!", "windows-1252", GERMAN + "\ufffd!"),
        (RUSSIAN.encode("cp1251") + b"\x98!", "windows-1251", RUSSIAN + "\ufffd!"),
        (JAPANESE.encode("cp932") + b"\x81!", "shift_jis", JAPANESE + "\ufffd!"),
        (JAPANESE.encode("euc_jp") + b"\xff!", "euc-jp", JAPANESE + "\ufffd!"),
        ("退款请求".encode("gbk") + b"\xff!", "gb2312", "退款请求\ufffd!"),
        ("환불해 주세요".encode("cp949") + b"\xff!", "euc-kr", "환불해 주세요\ufffd!"),
    ],
)
def test_one_bad_byte_costs_one_character(payload: bytes, named: str, text: str) -> None:
    assert decoded(payload, named) == text


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "utf-8", "us-ascii"),
        (GERMAN, "utf-8", "windows-1251"),
        (GERMAN, "utf-8", "nobody-knows"),
        (GERMAN, "utf-8-sig", "iso-8859-1"),
        (GERMAN, "utf-16", "utf-8"),
        (GERMAN, "utf-16-le", "utf-16"),
        (GERMAN, "utf-16-be", "utf-16"),
        (GERMAN, "cp1252", "utf-8"),
        (GERMAN, "cp1252", "x-unknown"),
        (GERMAN, "cp1252", "us-ascii"),
        (RUSSIAN, "cp1251", ""),
        (RUSSIAN, "koi8-r", "utf-8"),
        (RUSSIAN, "utf-8", "koi8-r"),
        (JAPANESE, "utf-8", "shift_jis"),
        (JAPANESE, "utf-8", "iso-2022-jp"),
        (JAPANESE, "iso-2022-jp", ""),
        (JAPANESE, "iso-2022-jp", "us-ascii"),
        (JAPANESE, "iso-2022-jp", "utf-8"),
        (JAPANESE, "cp932", "x-unknown"),
        ("退款请求退款请求，谢谢", "utf-8", "gb2312"),
    ],
)
def test_a_wrong_name_is_seen_through(text: str, codec: str, named: str) -> None:
    assert decoded(text.encode(codec), named) == text


def test_the_first_name_that_fits_is_taken() -> None:
    assert decoded(RUSSIAN.encode("cp1251"), "nobody-knows", "utf-8", "windows-1251") == RUSSIAN
    assert decoded(RUSSIAN.encode("cp1251"), "us-ascii", "windows-1251", "koi8-r") == RUSSIAN


def test_what_is_foreign_far_behind_the_beginning_is_told_too() -> None:
    assert undeclared(b"plain words. " * 10_000 + RUSSIAN.encode("cp1251")).endswith(RUSSIAN)


def test_utf_7_is_read_where_it_is_named() -> None:
    assert decoded(GERMAN.encode("utf-7"), "unicode-1-1-utf-7") == GERMAN
    assert decoded(b"1+1-", "") == "1+1-"


@given(
    st.binary(max_size=50),
    st.lists(
        st.text(max_size=20)
        | st.sampled_from(
            ["idna", "utf-7", "hex", "zlib", "mbcs", "big5", "iso-2022-jp", "euc-jp", "utf-16", "hz"]
        ),
        max_size=3,
    ),
)
def test_nothing_is_an_error(payload: bytes, named: list[str]) -> None:
    assert isinstance(decoded(payload, *named), str)


@pytest.mark.parametrize(
    "named", ["", "utf-8", "euc-jp", "big5", "iso-2022-jp", "cp1252", "utf-7", "hz", "utf-16"]
)
@pytest.mark.parametrize("piece", [b"\xff", b"\x81", b"\xc3", b"\x1b$B", b"~{", b"+A", b"\x00", b"\xad\xa1"])
def test_bytes_without_end_are_read(piece: bytes, named: str) -> None:
    assert decoded(piece * 30_000, named) is not None
