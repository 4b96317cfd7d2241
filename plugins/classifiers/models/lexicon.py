"""The hand-written word lists by cue and language, ready for look-ups. They are read on first use."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PREFIX_LENGTHS = range(3, 9)
"""Letters before the `*` of an entry such as `perfekt*`; longer stems are cut to the last of these."""


class Lexicon:
    """The cues of one language: good, bad, failure, wish, ask, negator."""

    def __init__(self, entries: Iterator[tuple[str, str]]) -> None:
        self.words: dict[str, tuple[str, ...]] = {}
        self.stems: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        for cue, entry in entries:
            first, *rest = entry.split()
            if rest:
                self.phrases[first].append((rest, cue))
            elif entry.endswith("*"):
                stem = entry[:-1][: PREFIX_LENGTHS[-1]]
                self.stems[stem] = (*self.stems.get(stem, ()), cue)
            else:
                self.words[entry] = (*self.words.get(entry, ()), cue)

    def cues(self, word: str) -> tuple[str, ...]:
        """The cues that a single word hints at; mostly none."""
        found = self.words.get(word)
        if found is None and self.stems:
            for length in PREFIX_LENGTHS:
                if (found := self.stems.get(word[:length])) is not None:
                    return found
        return found or ()


@cache
def _lists() -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_name("lexicon.json").read_text(encoding="utf-8")
    )
    return lists


def entries(language: str) -> Iterator[tuple[str, str]]:
    """(cue, word or phrase) of a language; nothing for one that has no lists."""
    for cue, languages in _lists().items():
        for entry in filter(None, languages.get(language, "").split(", ")):
            yield cue, entry


@cache
def languages() -> frozenset[str]:
    """The languages that have lists."""
    return frozenset(name for by_language in _lists().values() for name in by_language)


@cache
def lexicon(language: str) -> Lexicon:
    """The cues of `language`, an ISO 639-1 code; an empty lexicon where there are no lists."""
    return Lexicon(entries(language))


@cache
def terms(language: str) -> tuple[tuple[str, str], ...]:
    """(cue, characters) for a language whose texts are searched as they are, and not split into words."""
    return tuple(entries(language))
