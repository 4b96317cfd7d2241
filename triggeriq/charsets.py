"""Text from bytes whose charset was named by a stranger, wrongly, or not at all.

Names are read as browsers read them (https://encoding.spec.whatwg.org/#names-and-labels): each of that
standard's labels, in any spelling, means the superset that senders really use. One bad byte costs one
character, not the text.
"""

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases
from functools import lru_cache

from triggeriq.guessing import guessed

_NO_CHARSETS = frozenset(
    (
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "mbcs",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "ascii",
    )
)
"""Codecs of Python that turn bytes into no text; and ASCII, a name for text whose charset nobody knew."""
_SUPERSETS = {
    "latin_1": ("cp1252",),
    "iso8859_9": ("cp1254",),
    "iso8859_11": ("cp874",),
    "tis_620": ("cp874",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
    "big5": ("cp950", "big5hkscs"),
    "iso2022_jp": ("iso2022_jp_ext",),
    "iso2022_jp_1": ("iso2022_jp_ext",),
    "iso2022_jp_2": ("iso2022_jp_ext", "iso2022_jp_2"),
    "utf_16": ("utf_16_le",),
}
_OTHER_NAMES = {
    "xunicode20utf8": "utf_8",
    "unicode20utf8": "utf_8",
    "unicode11utf8": "utf_8",
    "utf8mb4": "utf_8",
    "utf8mb3": "utf_8",
    "uft8": "utf_8",
    "unicode11utf7": "utf_7",
    "csunicode11utf7": "utf_7",
    "suneugreek": "iso8859_7",
    "visual": "iso8859_8",
    "logical": "iso8859_8",
    "csisolatin9": "iso8859_15",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "koi8u": "koi8_u",
    "koi8t": "koi8_t",
    "mac": "mac_roman",
    "csmacintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "xmacukrainian": "mac_cyrillic",
    "dos874": "cp874",
    "windows874": "cp874",
    "csgb2312": "gbk",
    "gb231280": "gbk",
    "cnbig5": "big5",
    "xxbig5": "big5",
    "cseucpkdfmtjapanese": "euc_jp",
    "cseuckr": "euc_kr",
    "csksc56011987": "euc_kr",
    "isoir149": "euc_kr",
    "ksc56011989": "euc_kr",
    "ksc5601": "euc_kr",
    "windows949": "cp949",
    "windows31j": "cp932",
    "cswindows31j": "cp932",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "csiso2022kr": "iso2022_kr",
    "hz": "hz",
    "hzgb2312": "hz",
    "unicodefffe": "utf_16_be",
    "unicodefeff": "utf_16",
    "csunicode": "utf_16",
    "iso10646ucs2": "utf_16",
    "ucs2": "utf_16",
    "unicode": "utf_16",
}
_KNOWN = (
    {re.sub("[^a-z0-9]", "", name): codec for name, codec in aliases.items()}
    | {re.sub("[^a-z0-9]", "", codec): codec for codec in aliases.values()}
    | _OTHER_NAMES
)
_CODE_PAGE = re.compile(r"(?:x|cs)?(?:windows|win|cp|ms|ibm|dos)(\d{3,4})")
_ISO_8859 = re.compile(r"(?:x|cs)?(?:iso)?8859(1[0-6]|[1-9])[ei]?")

_MAX_NAME = 60

_SEVEN_BIT = frozenset(
    ("utf_7", "hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "utf_16_le", "utf_16_be")
)
"""Charsets that ASCII bytes may be written in and mean something else."""
_WIDE = frozenset(("gb18030", "cp932", "cp949", "cp950", "big5hkscs", "euc_jp", "johab"))
_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
_STRANGE = re.compile(rb"[\x80-\xff]|\x1b\$")
_BEFORE = 2_000
"""Bytes before the first that is not ASCII, by which a language is told too."""
_KOREAN = re.compile(rb"\x1b\$\)C")
_HIGH = bytes(range(0x80, 0x100))
_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BAD = "\ufffd"


def decoded(payload: bytes, *named: str) -> str:
    """The text of `payload`, by the first of the charsets `named` that fits; where none does, by one that
    nearly fits, else by what the bytes look like. A name that nobody knows is passed over. Never raises."""
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            return _mended(payload[len(mark) :], codec)
    candidates = list(dict.fromkeys(codec for name in named for codec in _codecs(name)))
    if payload.isascii() and b"\0" not in payload:
        candidates = [codec for codec in candidates if not codec.startswith("utf_16")]
    if not _SEVEN_BIT.intersection(candidates):
        if payload.isascii():
            return undeclared(payload)
        if (text := _utf_8(payload, 6 if _WIDE.intersection(candidates) else 2)) is not None:
            return text
    for codec in candidates:
        try:
            return payload.decode(_with_end(codec, payload))
        except ValueError:
            continue
    for codec in candidates:
        if (text := _nearly(payload, codec)) is not None:
            return text
    return undeclared(payload)


def undeclared(payload: bytes) -> str:
    """The text of bytes of which nobody says what they are. Never raises."""
    if payload.isascii() and b"\x1b" not in payload:
        return payload.decode("ascii")
    if (text := _utf_8(payload, 2)) is not None:
        return text
    if _KOREAN.search(payload):
        return _mended(payload, "iso2022_kr")
    strange = _STRANGE.search(payload)
    sample = payload[max(0, strange.start() - _BEFORE) :] if strange else payload
    return _mended(payload, _SUPERSETS.get(guess := guessed(sample), (guess,))[0])


@lru_cache(maxsize=1024)
def _codecs(name: str) -> tuple[str, ...]:
    """The codecs of Python for a charset's name, the likeliest first; none where nobody knows it."""
    squeezed = re.sub("[^a-z0-9]", "", name[:_MAX_NAME].lower())
    for short in (squeezed, squeezed.removeprefix("charset"), squeezed.removeprefix("x")):
        codec = _KNOWN.get(short, "")
        if not codec and (page := _CODE_PAGE.fullmatch(short)):
            codec = _KNOWN.get(page[1], "")
        if not codec and (part := _ISO_8859.fullmatch(short)):
            codec = _KNOWN.get(f"iso8859{part[1]}", "")
        if codec:
            return () if codec in _NO_CHARSETS else _SUPERSETS.get(codec, (codec,))
    return ()


def _utf_8(payload: bytes, least: int) -> str | None:
    """The text, where it is UTF-8 and has at least so many bytes above ASCII. So many are no accident,
    whatever the sender calls them."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if _high(payload) >= least else None


def _high(payload: bytes) -> int:
    return len(payload) - len(payload.translate(None, _HIGH))


def _with_end(codec: str, payload: bytes) -> str:
    """UTF-16 with the byte order that makes its ASCII characters ASCII."""
    if codec == "utf_16_le" and payload[::2].count(0) > payload[1::2].count(0):
        return "utf_16_be"
    return codec


def _nearly(payload: bytes, codec: str) -> str | None:
    """The text, where less than half of what should be characters is none."""
    text = payload.decode(codec, "replace")
    bad, high = text.count(_BAD), _high(payload)
    if codec == "utf_8":
        fits = bad - payload.count(_BAD.encode()) <= len(_CHARACTER.findall(payload))
    else:
        fits = bad <= (high - bad) // 2 or payload.isascii()
    return _mended(payload, codec) if fits else None


def _mended(payload: bytes, codec: str) -> str:
    """As far as it goes: a bad byte is read as its like in Windows-1252 where the rest is UTF-8, as NEC's or
    IBM's character where it is Japanese, else as U+FFFD."""
    return payload.decode(codec, "triggeriq.mended")


def _mend(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    codec = error.encoding.replace("-", "_")
    if codec == "utf_8":
        return bad.decode("cp1252", "replace") if len(bad) == 1 else _BAD, error.end
    if codec.startswith(("iso2022_jp", "euc_jp")):
        pair = bytes(byte & 0x7F for byte in error.object[error.start : error.start + 2])
        if found := _of_nec(pair):
            return found, error.start + 2
    return _BAD, error.start + 1


def _of_nec(pair: bytes) -> str:
    """The character of a row and a cell of JIS X 0208 with the rows that NEC and IBM added, as Code Page 932
    has them; "" where there is none."""
    if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
        return ""
    row, cell = pair
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + 0x7E if row % 2 == 0 else cell + (0x20 if cell >= 0x60 else 0x1F)
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return ""


codecs.register_error("triggeriq.mended", _mend)
