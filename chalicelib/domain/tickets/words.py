"""The words of a text as search knows them: one spelling for all that a reader takes for the same.

Scripts that put no spaces between words (Chinese, Japanese, Thai, …) are cut into overlapping pieces, and so
is Korean, which joins words: whatever is looked for is a row of such pieces, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

WORD_LIMIT = 100
"""Characters of a word that count; longer ones are keys and encoded bytes."""

# No pattern here has a class of thousands of characters: compiling one takes milliseconds of every start.
# What is compiled here is compiled at each start: re.sub leaves it to the first text that has accents.
_ACCENTS = (
    "(?<![\u0400-\u052f])[\u0300-\u036f]+"  # in Cyrillic a mark makes another letter, й of и
    "|[\u0591-\u05bd\u05bf\u05c1-\u05c7]+"  # Hebrew points
    "|[\u0610-\u061a\u0640\u064b-\u065f\u0670"  # Arabic vowels, hamza over and under, the stretched line
    "\u093c]+"  # and the dot under letters of Devanagari, which many leave out
)
_LETTERS: dict[int, str | int] = {
    **str.maketrans("øłđħŧıðёىکی", "oldhtidеيكي"),
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
}
"""Letters that are written plainly where a keyboard lacks them, and that no normal form takes apart."""

_INVISIBLE = (
    *(0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
)
"""Marks of direction, joiners, soft hyphens, variation selectors: no reader sees them."""
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040)
_READABLE: dict[int, str | None] = {
    **dict.fromkeys(_INVISIBLE),
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
}

_LATIN, _WORD, _SIGN = -1, 0, 1
"""What a character is part of: a word in Latin letters and digits, one in other letters, or itself a word."""
_SCRIPTS = (
    # Han, kana, Hangul: two letters say enough
    *((2, *span) for span in ((0x1100, 0x11FF), (0x3005, 0x3007), (0x3041, 0x30FA), (0x30FC, 0x30FF))),
    *((2, *span) for span in ((0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F))),
    *((2, *span) for span in ((0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))),
    # Thai, Lao, Myanmar, Khmer: vowels are letters of their own, so it takes three
    *((3, *span) for span in ((0xE01, 0xE3A), (0xE40, 0xE4E), (0xE81, 0xECE))),
    *((3, *span) for span in ((0x1000, 0x103F), (0x1050, 0x109F), (0x1780, 0x17D3))),
    # Emoji, each of which is a word
    *((_SIGN, *span) for span in ((0x2600, 0x27BF), (0x1F000, 0x1FAFF))),
)
"""The size of pieces, or _SIGN, and the first and last character that it holds of."""
_MARKS = ("Mn", "Mc")
"""Vowel signs and the like, which are part of a word, though no letters."""
_OF_ASCII = re.compile("[a-z0-9]+")
_NUMBER = re.compile("[0-9]+")


class Token:
    """A word, or a run of a script without spaces. It is a plain class since each start makes it, and each
    word makes one of it.

    piece: into pieces of so many letters it is cut; 0: it is a word.
    """

    __slots__ = ("piece", "text")

    def __init__(self, text: str, piece: int = 0) -> None:
        self.text = text
        self.piece = piece

    @property
    def pieces(self) -> list[str]:
        """Every piece, one from each letter on; the last ones are shorter, so that each letter begins one."""
        return [self.text[at : at + self.piece] for at in range(len(self.text))] if self.piece else []

    @property
    def numbers(self) -> list[str]:
        """The numbers within a word that is more than a number, with and without the zeros before them. Of
        single digits only that of a version counts: v2."""
        if not self.text.isascii() or self.text.isalpha():
            return []
        found = {run for run in _NUMBER.findall(self.text) if len(run) > 1 or self.text == f"v{run}"}
        found |= {run.lstrip("0") for run in found} - {""}
        return sorted(found - {self.text})


def tokens(text: str) -> Iterator[Token]:
    """What a text is made of, folded, in its order."""
    return _tokens(folded(text))


def tokens_of_text(text: str) -> Iterator[Token]:
    """The same of what somebody wrote: a run of a script without spaces goes on behind white space, since
    lines end within words, and names and compounds are written with a space or without. Whoever looks for
    them types either."""
    return _tokens(_joined(folded(text)))


def folded(text: str) -> str:
    """In small letters, without accents and without what can't be seen; digits are those of ASCII, and one
    character is one code point where there is such a one."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _readable(text))
    return unicodedata.normalize("NFC", re.sub(_ACCENTS, "", plain)).translate(_LETTERS)


def inflected(text: str) -> set[str]:
    """The words that may have other forms, with their accents, as a stemmer takes them: of three letters and
    more, in a script with spaces."""
    words = (token.text for token in _tokens(_readable(text)) if not token.piece)
    return {word for word in words if len(word) > 2 and not _NUMBER.search(word)}


def _readable(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_READABLE)


def _tokens(text: str) -> Iterator[Token]:
    if text.isascii():
        return (Token(word[:WORD_LIMIT]) for word in _OF_ASCII.findall(text))
    return _of_any_script(text)


def _joined(text: str) -> str:
    if text.isascii():
        return text
    words = text.split()
    return "".join(
        word if _goes_on(word, behind) else f"{word} "
        for word, behind in zip(words, [*words[1:], " "], strict=False)
    )


def _goes_on(word: str, behind: str) -> bool:
    kind = _kind(word[-1])
    return kind is not None and kind > _SIGN and kind == _kind(behind[0])


def _of_any_script(text: str) -> Iterator[Token]:
    for kind, letters in groupby(text, _kind):
        if kind == _SIGN:
            yield from map(Token, letters)
        elif kind in (_LATIN, _WORD):
            yield Token("".join(letters)[:WORD_LIMIT])
        elif kind is not None:
            yield Token("".join(letters), kind)


@lru_cache(maxsize=5_000)
def _kind(character: str) -> int | None:
    """_LATIN, _WORD, _SIGN, or the size of pieces; None for what stands between words. Latin letters and
    digits are a word of their own, since other scripts put theirs right beside them: "הiPhone", "رقم123"."""
    code = ord(character)
    for kind, first, last in _SCRIPTS:
        if first <= code <= last:
            return kind
    part_of_a_word = character.isalnum() or unicodedata.category(character) in _MARKS
    if not part_of_a_word:
        return None
    return _LATIN if code < 0x2B0 or 0x1E00 <= code <= 0x1EFF else _WORD
