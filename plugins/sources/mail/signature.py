"""Where a letter ends and what stands under every letter begins: signature, mobile mark, legal footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

from plugins.sources.mail.signature_wordings import (
    BEHIND_A_NAME,
    CLEAR_ALONE,
    CLOSINGS,
    DEVICES,
    FOOTING,
    FOOTING_BEARS,
    MOBILE,
    PARTICLES,
    TAGLINES,
    THANKS,
)

_MAX_SIGNATURE = 14
"""Lines of a signature."""
_MAX_LINE = 100
"""Characters of a line in one."""
_MAX_CLOSING = 60
"""Characters of the words that close a letter."""
_MIN_RULE = 4
"""Characters of a line that is drawn around a signature; "---" is drawn between paragraphs."""
_RULES = "-–—―_=*~# ─━═＝－＿〜～＊☆★◇◆■□●○+・"
_MAX_AT_LENGTH = 9
"""Words of a line that goes on behind words of form."""
_MIN_FOOTER = 60
"""Bytes of a legal footer; Chinese says with three what English says with six."""
_FEW = 6
"""Words of a phone that its maker and its network name."""
_MAX_LOOSE = 1_500
"""Characters of one behind a delimiter."""
STANDARD = "-- "
"""The delimiter of RFC 3676, section 4.3."""

_PREFIXES = tuple({form.split("{device}")[0] for forms in MOBILE.values() for form in forms} - {""})
_SUFFIXES = tuple({form.partition("{device}")[2] for forms in MOBILE.values() for form in forms} - {""})
_BEGIN_WITH = {
    first: tuple(one for one in _PREFIXES if one[0] == first) for first in map(itemgetter(0), _PREFIXES)
}
_END_WITH = {
    last: tuple(one for one in _SUFFIXES if one[-1] == last) for last in map(itemgetter(-1), _SUFFIXES)
}
_WHOLE = frozenset(form for forms in MOBILE.values() for form in forms if "{device}" not in form)
_LINK = re.compile(r"\s?[<(\[]\s?(?:https?://|www\.)[^\s<>\[\]]{1,300}\s?[>)\]]+")
_CONTACT = re.compile(
    r"[^\s<>@]{1,64}@[^\s<>@]{2,100}\.\w|(?:https?://|www\.)\S|(?:\+|\(0|\b00?)\d[\d\s()/.-]{6,}|\(\d{2,4}\)\s?\d{3}|\b\d{3}[-.\s]\d{3,4}[-.\s]\d{4}\b"
    r"|^(?:tel|t|m|mob|mobile?|mobil|phone|fon|fax|cell|telefon|tlf|tél|office|e-?mail|web|skype|whatsapp|linkedin)\b\.?\s?[:|.]?\s?\S",
    re.IGNORECASE,
)
_FOOTER = re.compile(rf"[\W_]*(?:{FOOTING})")
_PART = re.compile(r"[,;:!]|\.\s")
_TITLED = re.compile(r"\s?[,|/]\s|\s[-–—]\s")
"""What stands between a name and what its bearer is."""
_AND = re.compile(r"\s?/\s?|\s(?:&|\+|and|und|et|y|e|och|og|en|i|a|и|та)\s")
"""What joins two closings: "Thanks and regards", "Viele Grüße / Best regards"."""
_FURTHER = re.compile(r"(?<=\w) (?:from|and|aus|und|uit|en|fra|från|och|og|de|depuis|desde|da)\s")
"""What goes on behind words of form."""
_ABBREVIATED = re.compile(r"\b[A-Z]\w{0,3}\.$")
"""The end of a line such as "Acme Ltd." or "London, U.K.", which is no sentence's."""


def is_mobile(line: str) -> bool:
    """Whether this is the line that a phone or a mail app puts under what it sends."""
    if not 6 <= len(line) <= 300:
        return False
    words = line.strip(' *_-–—>|."')
    if words.endswith((">", ")", "]")) or line.endswith((">", ")", "]")):
        words = _LINK.sub("", line).strip(' *_-–—>|."')
    if words in _WHOLE:
        return True
    device = _device(words)
    if not device or len(device) > 80 or "?" in device:
        return False
    first_part, *others = _PART.split(device.lower(), maxsplit=1)
    if others and line[-1] != "." and len(device.split()) <= _FEW:
        first_part = device.lower()  # "my Verizon, Samsung Galaxy smartphone"
    if any(name in first_part for name in DEVICES):
        return len(device.split()) <= 12
    return (
        first_part == device.lower() and words[:1].isupper() and len(device.split()) <= 6 and line[-1] != "."
    )


def _device(words: str) -> str:
    """What stands for the device in a wording of such a line; empty where it is none."""
    if not words:
        return ""
    if begun := [one for one in _BEGIN_WITH.get(words[0], ()) if words.startswith(one)]:
        return words[max(map(len, begun)) :]
    if ended := [one for one in _END_WITH.get(words[-1], ()) if words.endswith(one)]:
        return words[: -max(map(len, ended))]
    return ""


def signature(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """The line of [first, end) at which the writer's words are over; `end` where nothing stands under them.
    `alone`: the mail has no other words than these, so that some must stay."""
    end_of_words = _footers(lines, first, end, alone)
    end_of_words = _delimited(lines, first, end_of_words, alone)
    end_of_words = _ruled(lines, first, end_of_words, alone)
    end_of_words = _closed(lines, first, end_of_words, alone)
    return _contacts(lines, first, end_of_words, alone)


def _footers(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """Legal footers, and the lines of scanners and mailing lists: from the first such paragraph on."""
    found = end
    for place in range(max(first, end - 60), end):
        line = lines[place]
        if not line or (place > first and lines[place - 1] and not _is_ruled(lines[place - 1])):
            continue
        if line[:80].lower().startswith(TAGLINES) or _is_legal(lines, place, end):
            found = place
            break
    while found < end and found > first and (not lines[found - 1] or _is_ruled(lines[found - 1])):
        found -= 1
    return end if alone and found == first else found


def _is_legal(lines: Sequence[str], place: int, end: int) -> bool:
    if not _FOOTER.match(lines[place][:300].lower()):
        return False
    words = " ".join(lines[place : min(end, place + 12)]).lower()[:2_000]
    length = len(words.encode("utf-8", "replace"))
    return length > _MIN_FOOTER and sum(word in words for word in FOOTING_BEARS) >= 2


def _is_ruled(line: str) -> bool:
    return len(line) > 1 and not line.strip(_RULES)


def _is_drawn(line: str) -> bool:
    return len(line) >= _MIN_RULE and line[0] in _RULES and _is_ruled(line)


def _delimited(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """Behind "-- " all is signature; behind a lone "--", "__" or dash what looks like one."""
    begin = max(first, end - 3 * _MAX_SIGNATURE)
    for place in range(begin, end):
        if lines[place] == STANDARD or _is_delimiter(lines[place]):
            below = [line for line in lines[place + 1 : end] if line]
            sentences = sum(not _is_signature_s(line) for line in below)
            if sum(map(len, below)) <= _MAX_LOOSE and (
                lines[place] == STANDARD or 2 * sentences <= len(below)
            ):
                return place if not alone or any(lines[first:place]) else end
    return end


def _is_delimiter(line: str) -> bool:
    return line in ("--", "—", "–", "––", "- -", "—-") or (len(line) > 1 and not line.strip("_"))


def _ruled(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """Below a drawn line, and often above a second one, who the writer is and how to reach him; so people
    write it in Japan above all."""
    if not any(map(_is_drawn, lines[first:end])):
        return end
    found, contacts, filled, closed = end, 0, 0, False
    for place in range(end - 1, first - 1, -1):
        line = lines[place]
        if not line:
            continue
        if filled > _MAX_SIGNATURE or not _is_signature_s(line) or line.endswith(("?", "？", "!", "！")):
            break
        if not _is_drawn(line):
            contacts += _CONTACT.search(line) is not None
            filled += 1
        elif filled and contacts + closed > 1:
            found = place
        closed = closed or not filled
    above = next((lines[place] for place in range(found - 1, first - 1, -1) if lines[place]), "")
    return end if above.endswith((":", "：")) or (alone and not above) else found


def _closed(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """Words of form with a name below them, and what is below the name. Thanks with a name stay."""
    found = end
    below: list[tuple[int, str]] = []
    for place in range(end - 1, first - 1, -1):
        line = lines[place]
        if not line:
            continue
        if alone and not any(lines[first:place]):
            break
        if len(line) <= _MAX_CLOSING:
            found = _closing(line, place, below, found)
        if len(below) == _MAX_SIGNATURE or not _is_signature_s(line):
            break
        below.insert(0, (place, line))
    return found


def _closing(line: str, place: int, below: Sequence[tuple[int, str]], found: int) -> int:
    """Where the writer's words end, if this line closes them; else `found`."""
    words = _bare(line)
    name = below[0][1] if below else ""
    if (
        words in CLOSINGS
        or _closes_at_length(words)
        or any(_bare(part) in CLOSINGS for part in _AND.split(line)[1:2])
    ):
        return place if name and is_name(name, loose=True) else found
    if words in THANKS:
        reached = any(_CONTACT.search(line) for _, line in below[1:])
        return below[0][0] if reached and is_name(name) else found
    return place if _closes_with_name(line) else found


def _closes_with_name(line: str) -> bool:
    """ "Best regards, Ina Lund" in one line."""
    words = line.split()
    if len(words) > 1 and words[-1] in BEHIND_A_NAME:
        return is_name(" ".join(words[:-1]))
    for length in range(min(4, len(words) - 1), 0, -1):
        closing = _bare(" ".join(words[:length]))
        if closing in CLOSINGS:
            clear = length > 1 or words[0].endswith(",") or closing in CLEAR_ALONE
            return clear and is_name(" ".join(words[length:]))
    return False


def _closes_at_length(words: str) -> bool:
    """ "Best regards from Oslo", "Viele Grüße und einen schönen Tag"."""
    found = _FURTHER.search(words)
    return found is not None and len(words.split()) <= _MAX_AT_LENGTH and words[: found.start()] in CLOSINGS


def _bare(line: str) -> str:
    return line.strip(' ,.!;:*_-–—~"،。，、！').lower().replace("ß", "ss")


def _is_signature_s(line: str) -> bool:
    """Whether a line may stand in a signature: it is short, and no sentence unless it says where one is."""
    if _is_ruled(line) or is_mobile(line):
        return True
    if re.match(r"p\.?\s?s\b", line, re.IGNORECASE):
        return False
    return len(line) <= 2 * _MAX_LINE and (
        _CONTACT.search(line) is not None or (len(line) <= _MAX_LINE and not _is_sentence(line))
    )


def _is_sentence(line: str) -> bool:
    ends = line.endswith(tuple("!?。！？")) or (line.endswith(".") and not _ABBREVIATED.search(line[-8:]))
    return ends and len(line.split()) > 4


def is_name(line: str, loose: bool = False) -> bool:
    """Whether a line is a person's name. `loose`: it stands where one is due, so one small word will do, and
    what the person is may stand behind it."""
    line = line.strip(" ,*_-–—~#")
    if loose:
        line = _TITLED.split(line, maxsplit=1)[0]
    words = line.replace(",", " ").split()
    if not 0 < len(words) <= 5 or len(line) > 60 or "@" in line or any(map(str.isdigit, line)):
        return False
    if line.endswith((".", "?", "!", ":", "。", "！", "？")) and not re.search(r"\b\w{1,3}\.$", line):
        return False
    if loose and len(words) == 1:
        return True
    return all(not word[0].islower() or word in PARTICLES for word in words)


def _contacts(lines: Sequence[str], first: int, end: int, alone: bool) -> int:
    """A last paragraph of a name and how to reach it, or of a name over a phone's mark."""
    last = end
    while last > first and not lines[last - 1]:
        last -= 1
    start = last
    while start > first and lines[start - 1] and last - start <= _MAX_SIGNATURE:
        start -= 1
    block = lines[start:last]
    above = next((lines[place] for place in range(start - 1, first - 1, -1) if lines[place]), "")
    if not block or len(block) > _MAX_SIGNATURE or (not above and alone) or above.endswith((":", "：")):
        return end
    if not is_name(block[0]) or len(block[0].split()) < 2 or not all(map(_is_signature_s, block)):
        return end
    if end < len(lines) and end == last and is_mobile(lines[end]):
        return start
    contacts = sum(_CONTACT.search(line) is not None for line in block[1:])
    return start if contacts >= 2 or (contacts and len(block) > 2) else end
