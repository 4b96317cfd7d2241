"""Which language a text is in: by script, then by common words, letters and endings."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from plugins.classifiers.models import lexicon

LOOK_AT = 1_000
"""Characters that are looked at; few texts change their language after that."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_NOT_PROSE = re.compile(r"https?://\S+|[\w.+-]{1,64}@[\w.-]{1,64}|@\w+")
_SCRIPTS = tuple(
    (name, re.compile(f"[{characters}]"))
    for name, characters in (
        ("kana", "\u3040-\u30ff"),
        ("han", "\u3400-\u9fff"),
        ("ko", "\uac00-\ud7af\u1100-\u11ff"),
        ("cyrillic", "\u0400-\u04ff"),
        ("arabic", "\u0600-\u06ff"),
        ("el", "\u0370-\u03ff"),
        ("he", "\u0590-\u05ff"),
        ("th", "\u0e00-\u0e7f"),
        ("hi", "\u0900-\u097f"),
    )
)
_CYRILLIC = frozenset(("ru", "uk", "bg", "sr"))
_WORD_WEIGHT, _LEXICON_WEIGHT, _LETTER_WEIGHT, _ENDING_WEIGHT = 1.0, 0.6, 0.8, 0.3


class Tables:
    """What hints at which language, with its weight. A word of one language counts whole; the weight of a
    word that several languages share is divided among them."""

    def __init__(self) -> None:
        raw = json.loads(Path(__file__).with_name("languages.json").read_text(encoding="utf-8"))
        owners: dict[str, dict[str, float]] = defaultdict(dict)
        for language in lexicon.languages():
            for _, entry in lexicon.entries(language):
                for word in entry.split():
                    if not word.endswith("*"):
                        owners[word][language] = _LEXICON_WEIGHT
        for language, words in raw["words"].items():
            for word in words.split():
                owners[word][language] = _WORD_WEIGHT
        self.words = {
            word: tuple((language, weight / len(by)) for language, weight in by.items())
            for word, by in owners.items()
        }
        self.letters = _shared(raw["letters"], _LETTER_WEIGHT)
        self.endings = _shared(raw["endings"], _ENDING_WEIGHT)


def _shared(owners: dict[str, str], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    return {
        key: tuple((language, weight / len(names.split())) for language in names.split())
        for key, names in owners.items()
    }


@cache
def _tables() -> Tables:
    return Tables()


def detect(text: str) -> tuple[str, float, tuple[str, ...]] | None:
    """(ISO 639-1 code, confidence 0 to 1, evidence), or None where nothing hints at any language."""
    text = text[:LOOK_AT]
    if "@" in text or "://" in text:
        text = _NOT_PROSE.sub(" ", text)
    script = "latin"
    if not text.isascii():
        counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
        script = _script(counts, sum(map(str.isalpha, text)))
    if script not in ("latin", "cyrillic"):
        return _by_script(script, text)
    return _by_words(text.lower(), script == "cyrillic")


def _script(counts: dict[str, int], letters: int) -> str:
    cjk = counts["kana"] + counts["han"]
    if cjk * 3 > letters:  # a character of these says more than a letter does
        return "ja" if counts["kana"] * 12 >= cjk else "zh"
    name = max(counts, key=lambda script: counts[script])
    return name if counts[name] * 2 > letters else "latin"


def _by_script(script: str, text: str) -> tuple[str, float, tuple[str, ...]]:
    language = script
    if script == "arabic":
        language = "ur" if re.search("[ٹڈےں]", text) else "fa" if re.search("[پچژگکی]", text) else "ar"
    letters = sum(map(str.isalpha, text))
    confidence = 0.97 if letters > 3 else 0.7
    if script == "zh" and letters < 6:
        confidence = 0.6  # a short Japanese text may do without kana
    return language, confidence, ()


def _by_words(text: str, cyrillic: bool) -> tuple[str, float, tuple[str, ...]] | None:
    tables = _tables()
    scores: dict[str, float] = defaultdict(float)
    evidence: dict[str, list[str]] = defaultdict(list)
    words = _WORD.findall(text.replace("\u2019", "'"))
    for word in words:
        found = tables.words.get(word)
        if found is None:
            found = tables.endings.get(word[-4:]) or tables.endings.get(word[-3:]) or ()
        for language, weight in found:
            scores[language] += weight
            if weight >= _LEXICON_WEIGHT:
                evidence[language].append(word)
    if not text.isascii():
        for letter in set(text):
            for language, weight in tables.letters.get(letter, ()):
                scores[language] += weight
    for language in list(scores):
        if (language in _CYRILLIC) != cyrillic:
            del scores[language]
    if not scores:
        return None
    best = max(sorted(scores), key=lambda language: scores[language])
    share = scores[best] ** 2 / sum(score**2 for score in scores.values())
    seen = scores[best] / (scores[best] + 0.6)  # few hints give little confidence
    known = min(1.0, 3 * scores[best] / max(1, len(words)))  # so do many unknown words
    ground = seen * (0.4 + 0.6 * known)
    enough = min(1.0, (1 + len(words)) / 4)  # a single word may be a name, or a loan word
    return best, round(enough * share * ground / (ground + 0.1), 3), tuple(dict.fromkeys(evidence[best]))[:5]
