"""What a linear model sees of a text: words, pairs, and cues that hold across languages."""

from __future__ import annotations

from functools import lru_cache

from plugins.classifiers.models.lexicon import Lexicon, lexicon, terms
from plugins.classifiers.models.words import NUMBER, normal, tokens, unspaced

_CLAUSE_END = frozenset(".,;:()\n")
_REACH = 3
"""How many words behind a negator have their meaning turned round."""
_MOST = 4
"""Hits of a cue are counted up to this number."""


@lru_cache(maxsize=8)  # several classifiers ask for the same text
def features(text: str, language: str | None) -> dict[str, str]:
    """The features of a text, each with the words that it was read from (evidence for a person).

    language: its ISO 639-1 code, or None where it is not known; then English is assumed.
    """
    text = normal(text)
    found: dict[str, str] = {}
    hits: dict[str, list[str]] = {}
    _read_words(tokens(text), lexicon(language or "en"), found, hits)
    if not text.isascii():
        _read_unspaced(unspaced(text), language, found, hits)
    for cue, words in hits.items():
        for count in range(1, min(len(words), _MOST) + 1):
            found[f"~{cue}{count}"] = words[count - 1]
    good, bad = len(hits.get("good", ())), len(hits.get("bad", ()))
    if good or bad:
        found["~more_good" if good > bad else "~more_bad" if bad > good else "~balanced"] = ""
    _read_shape(text, found)
    return found


def _read_words(
    words: list[str], lexicon: Lexicon, found: dict[str, str], hits: dict[str, list[str]]
) -> None:
    before, negated, opening = "^", 0, True
    for place, word in enumerate(words):
        if not word[0].isalpha():
            if word in _CLAUSE_END:
                before, negated, opening = "^", 0, True
            else:
                found[_mark(word)] = word
            continue
        cues = lexicon.cues(word)
        if word in lexicon.phrases:
            for rest, cue in lexicon.phrases[word]:
                if words[place + 1 : place + 1 + len(rest)] == rest:
                    cues = (*cues, cue)
                    hits.setdefault(f"{cue}_phrase", []).append(" ".join((word, *rest)))
        for cue in cues:
            turned = "not_" if negated and cue in ("good", "bad") else ""
            hits.setdefault(turned + cue, []).append(word)
        if opening and "ask" in cues:
            found["~opens_asking"] = word
        found[f"not_{word}" if negated else word] = word
        found[f"{before} {word}"] = f"{before} {word}".removeprefix("^ ")
        before, opening = word, False
        negated = _REACH if "negator" in cues or word.endswith("n't") else max(0, negated - 1)


def _mark(word: str) -> str:
    if word[0].isdigit():
        return NUMBER
    if "!" in word and "?" in word:
        return "!?"
    return word if word[0] == "<" else word[:2]


def _read_unspaced(
    text: str, language: str | None, found: dict[str, str], hits: dict[str, list[str]]
) -> None:
    if not text:
        return
    for start in range(len(text) - 1):
        pair = text[start : start + 2]
        found[pair] = pair
    for cue, term in terms(language or ""):
        if term in text:
            hits.setdefault(cue, []).append(term)


def _read_shape(text: str, found: dict[str, str]) -> None:
    stripped = text.rstrip(" \n.)!\"'")
    if stripped.endswith(("?", "\uff1f")):
        found["~ends_asking"] = "?"
    if text.count("!") > 2:
        found["~exclaims"] = "!"
    words = text.split()
    if len(words) <= 3:
        found["~short"] = ""
    elif len(words) > 60:
        found["~long"] = ""
    loud = sum(1 for word in words[:200] if len(word) > 2 and word.isupper())
    if loud > 1 and loud * 4 > len(words[:200]):
        found["~loud"] = ""
