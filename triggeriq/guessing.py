"""The charset of text that nobody labelled: a spreadsheet saved as CSV, a mail without a header.

UTF-8 shows itself. Of the code pages, those are left out in which a byte is impossible; of the others, the
one wins whose letters are most likely those of a language. Chinese, Japanese and Korean are told by their
most frequent characters. Measured on other messages of Django in 34 languages and 22 charsets: 99 % are read
right (of 20 characters 96 %), where chardet 7 reads 97 % (93 %) and charset-normalizer 76 % (74 %).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import cache

from triggeriq.letters import ASCII, LETTERS

SAMPLE = 1 << 14
"""So many bytes are looked at; more don't make the answer better."""

_WESTERN = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "is", "ca", "sq")
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq", "de")
_ONE_BYTE = {
    # The languages of a code page, and its handicap in bits: how much rarer it is than the one that is usual
    "cp1252": (_WESTERN, 0),
    "cp1250": (_CENTRAL, 1),
    "cp1251": (("ru", "uk", "bg", "sr", "mk", "be"), 0),
    "cp1253": (("el",), 0),
    "cp1254": (("tr",), 2),
    "cp1255": (("he",), 0),
    "cp1256": (("ar", "fa"), 0),
    "cp1257": (("lt", "lv", "et"), 2),
    "cp874": (("th",), 0),
    "koi8_r": (("ru",), 0),
    "koi8_u": (("uk",), 2),
    "mac_roman": (("de", "fr", "es", "it", "pt", "sv"), 5),
    "iso8859_2": (_CENTRAL, 4),
    "cp850": (("de", "fr", "es", "pt", "it"), 8),
    "cp866": (("ru",), 4),
}
_TWO_BYTES = {
    # With the charset that holds what is in daily use, and the first lead byte behind the common ideographs
    "cp932": (("ja",), 0, "shift_jis", 0x98),
    "euc_jp": (("ja",), 1, "shift_jis", 0x98),
    "gb18030": (("zh-Hans", "zh-Hant"), 0, "gb2312", 0xD8),
    "big5": (("zh-Hant",), 0, "big5", 0xC7),
    "cp949": (("ko",), 0, "euc_kr", 0xC9),
}
_TYPOGRAPHY = frozenset("“”„‘’‚–—…«»‹›•€°©®™§¿¡ºª´²½£×·\u00a0")
# In bits: what a character costs that no language here has, one of typography, a letter of the wrong case,
# a sign within a word
_FOREIGN, _SIGN, _WRONG_CASE, _WITHIN_WORD = 14.0, 4.5, 6.0, 4.0

_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_JIS = re.compile(rb"\x1b\$[@B]")


def guessed(sample: bytes) -> str:
    """The most likely charset of `sample`, by the name of its codec in Python; "utf-8" for plain ASCII.

    sample: the beginning of a text, of any length; the last character may be cut. A text of UTF-8 with few
    broken bytes is UTF-8 still. What is no text in any charset is "cp1252". Never raises.
    """
    sample = sample[:SAMPLE]
    if wide := _utf_16(sample):
        return wide
    if _decoded(sample, "utf-8") is not None:
        return "iso2022_jp_2" if _JIS.search(sample) else "utf-8"
    if sum(map(len, _UTF_8.findall(sample))) > 0.8 * len(_HIGH.findall(sample)):
        return "utf-8"
    plain = Counter(re.sub(rb"[^a-z]", b"", sample.lower()).decode())
    costs = {
        page: cost for page in (*_ONE_BYTE, *_TWO_BYTES) if (cost := _cost(sample, page, plain)) is not None
    }
    return min(costs, key=costs.__getitem__, default="cp1252")


def _decoded(sample: bytes, charset: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(charset)().decode(sample)
    except UnicodeDecodeError:
        return None


def _utf_16(sample: bytes) -> str | None:
    """Text of two bytes a character has NUL in one place of two, at least in its line ends and spaces."""
    for charset, high, low in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if high.count(0) < max(1, len(high) / 50) or low.count(0) > len(low) / 50:
            continue
        if sum(high.count(row) for row in _ROWS) > 0.9 * len(high):
            return charset
    return None


_ROWS = (*range(7), 0x0E, 0x30, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xFF)
"""The high bytes in UTF-16 of all scripts here."""


def _cost(sample: bytes, page: str, plain: Counter[str]) -> float | None:
    """How many bits `sample` takes in a code page, in the language that fits best; None where it can't be.

    plain: how often each ASCII letter occurs. They count half: they tell languages apart, not code pages.
    """
    text = _decoded(sample, page)
    if text is None:
        return None
    if page in _ONE_BYTE:
        languages, handicap = _ONE_BYTE[page]
        kinds = sample.translate(_kinds(page))
        if b"X" in kinds:
            return None
        cost = handicap + _WRONG_CASE * len(_CASES.findall(kinds)) + _WITHIN_WORD * len(_SIGNS.findall(kinds))
        if languages[0] not in ASCII:
            cost += _WITHIN_WORD * len(_MIXED.findall(kinds))
        text = text.lower()
    else:
        languages, cost = _TWO_BYTES[page][:2]
    found = [(letter, times) for letter, times in Counter(text).items() if letter > "\x7f"]
    else_ = {letter: _foreign(letter, page) for letter, _ in found}
    return cost + min(
        sum(times * letters.get(letter, else_[letter]) for letter, times in found)
        + sum(times * ascii_letters[letter] for letter, times in plain.items()) / 2
        for letters, ascii_letters in map(_bits, languages)
    )


def _foreign(letter: str, page: str) -> float:
    """The bits of a character that is not among the frequent ones of a language."""
    if page in _ONE_BYTE:
        return _SIGN if letter in _TYPOGRAPHY else _FOREIGN
    if "\u3000" <= letter < "\u3020" or "\uff00" <= letter < "\uff60":  # punctuation, and wide ASCII
        return 7
    if "\u3040" <= letter < "\u3100":  # kana
        return 9
    _, _, daily, behind = _TWO_BYTES[page]
    try:
        lead = letter.encode(daily)[0]
    except UnicodeEncodeError:
        return 19
    return 12 if lead < behind else 18


@cache
def _bits(language: str) -> tuple[dict[str, float], dict[str, float]]:
    """The bits of a language's own letters, and those of ASCII."""
    own = {
        letter: int(bits) + 0.3
        for bits, letters in re.findall(r"(\d+)(\D+)", LETTERS[language])
        for letter in letters
    }
    tables = (
        [ASCII[language]] if language in ASCII else list(ASCII.values())
    )  # beside another script: anything
    return own, {
        chr(ord("a") + place): sum(int(table[place], 16) / 2 + 2 for table in tables) / len(tables)
        for place in range(26)
    }


@cache
def _kinds(page: str) -> bytes:
    """What each byte of a code page is: l and u a small and a capital letter of ASCII, L and U one beyond it,
    A a letter without case, M a mark, s a sign, X nothing, and a dot anything else."""
    return "".join(_kind(bytes((byte,)).decode(page, "replace")) for byte in range(256)).encode()


def _kind(character: str) -> str:
    if character < "\x80":
        return "l" if character.islower() else "u" if character.isupper() else "."
    if character == "\ufffd" or "\x80" <= character < "\xa0":
        return "X"
    if unicodedata.category(character)[0] == "M":
        return "M"
    if character.isalpha():
        return "L" if character.islower() else "U" if character.isupper() else "A"
    return "." if character in "’\u00a0" else "s"


_CASES = re.compile(rb"(?=[lL][UM]|[LM]u|[lL]U)")
_MIXED = re.compile(rb"(?=[lu][LUA]|[LUA][lu])")
_SIGNS = re.compile(rb"(?=[lLuUA]s[lLuUA])")
