"""Splits a text into tokens, in time linear in the characters that are looked at."""

from __future__ import annotations

import re

LIMIT = 4_000
"""Characters of a text that the classifiers look at; a longer text has made its point by then."""

LINK, NAME, ADDRESS, NUMBER = "<link>", "<name>", "<address>", "<number>"
"""What replaces any link, name, address or number: which one it was tells nothing."""

_LINK = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_ADDRESS = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}\.\w{1,20}")
_NAME = re.compile(r"@\w{1,64}")
_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*"  # a word, with its apostrophes
    r"|\d+"
    r"|[!?\uff01\uff1f]+"
    r"|[.,;:()\n-]"  # where a clause ends, and with it a negation
    r"|<(?:link|name|address)>"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"  # one emoji
)
_THANKS_AT_THE_END = re.compile(
    r"(?<=[.,;!?\n])\s{0,5}(?:many |best |kind )?(?:thanks|thank you|thx|cheers|regards)"
    r"(?: in advance| so much| a lot| for your help)?[\s.,!]{0,5}\Z",
    re.IGNORECASE,
)
_SMILE = re.compile(r"[:;=]-?[)D\]]|<3")
_FROWN = re.compile(r":-?\(|:'\(")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def normal(text: str) -> str:
    """The part of `text` that is looked at: limited in length, with one kind of apostrophe and with smileys
    as emoji, without links, names and a polite ending."""
    text = text[:LIMIT].replace("\u2019", "'").replace("\u00b4", "'").replace("`", "'")
    if "://" in text or "www." in text:
        text = _LINK.sub(f" {LINK} ", text)
    if "@" in text:
        text = _NAME.sub(f" {NAME} ", _ADDRESS.sub(f" {ADDRESS} ", text))
    text = _FROWN.sub(" ☹ ", _SMILE.sub(" ☺ ", text))
    ending = text[-60:]  # thanks at the end are mere politeness; elsewhere they are meant
    return text[:-60] + _THANKS_AT_THE_END.sub("", ending)


def tokens(text: str) -> list[str]:
    """Words, numbers, marks and emoji of a `normal` text, in lower case and in order."""
    return _TOKEN.findall(_STRETCHED.sub(r"\1\1", text.lower()))


def unspaced(text: str) -> str:
    """The characters of scripts that write no spaces between words (Japanese, Chinese, Thai; Korean
    too, whose endings hide its words)."""
    return "".join(_UNSPACED.findall(text))
