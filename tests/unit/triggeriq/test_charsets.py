"""Text from bytes whose charset was named by a stranger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq.charsets import decoded


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


@given(
    st.binary(max_size=50),
    st.text(max_size=20) | st.sampled_from(["idna", "utf-7", "hex", "zlib", "mbcs", "big5"]),
)
def test_nothing_is_an_error(payload: bytes, named: str) -> None:
    assert isinstance(decoded(payload, named), str)
