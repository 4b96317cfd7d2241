"""A word of a ticket leads back to it, in ten languages, beside a plain substring search.

Runs where real texts are given: SEARCH_TEXTS names a folder of .jsonl, .jsonl.gz, .json, .csv and .eml files.
Words are taken from them as they stand, and written otherwise: in capitals, without accents, decomposed, in
another form of the same word that another text has.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.domain.tickets.words import inflected, tokens
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.search_index import STEMMERS
from chalicelib.services.postgres.ticket_reader import PostgresTicketReader
from chalicelib.services.postgres.tickets import PostgresTickets
from plugins.classifiers.models import languages
from plugins.sources.inbound_email import InboundEmail
from tests.said import START, said, take_in, triage
from triggeriq import Connection, Feedback, FileHint, Unreadable

pytest_plugins = ("tests.functional.postgres.conftest",)

FOLDER = os.environ.get("SEARCH_TEXTS", "")
LANGUAGES, TEXTS, WORDS = 10, 150, 100
"""How many languages, texts of each, and words of each."""

pytestmark = pytest.mark.skipif(not FOLDER, reason="SEARCH_TEXTS names no folder with texts")


@pytest.fixture(scope="module")
def texts() -> Mapping[str, list[str]]:
    """Texts by language, of the languages with the most of them."""
    known: dict[str, set[str]] = defaultdict(set)
    for path in sorted(Path(FOLDER).rglob("*")):
        for text in _texts_in(path):
            verdict = languages.detect(text) if 20 <= len(text) <= 5_000 else None
            if verdict is not None and verdict[1] > 0.6:
                known[verdict[0]].add(text)
    most = sorted(known, key=lambda language: -len(known[language]))[:LANGUAGES]
    chance = random.Random(1)
    return {one: chance.sample(sorted(known[one]), min(TEXTS, len(known[one]))) for one in most}


def _texts_in(path: Path) -> Iterator[str]:
    name = path.name.removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson", ".json")):
        packed = path.read_bytes()
        whole = (gzip.decompress(packed) if name != path.name else packed).decode("utf-8-sig", "replace")
        for piece in [whole] if name.endswith(".json") else whole.split("\n"):
            with suppress(ValueError):
                yield from _strings(json.loads(piece))
    elif name.endswith(".csv") and "utf16" not in name:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as rows:
            yield from (cell for row in csv.reader(rows) for cell in row)
    elif name.endswith(".eml"):
        hint = FileHint(name=name, modified_at=START)
        with suppress(Unreadable), path.open("rb") as mail:
            for _, item in InboundEmail().read(mail, hint, None, Connection(source="inbound_email")):
                if isinstance(item, Feedback):
                    yield item.text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _plain(word: str) -> str:
    """Without accents, as one types who lacks the keys."""
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))


def _words(text: str) -> list[str]:
    """What somebody might look for: words of three letters and more; runs of a script without spaces."""
    found = re.findall(r"[^\W_]{3,}", text)
    runs = [token.text for token in tokens(text) if len(token.text) >= 2 and token.piece]
    return runs if runs and len(runs) > len(found) / 3 else found


def _asked(word: str, chance: random.Random) -> str:
    """A word as it stands; of a long run of a script without spaces a part."""
    if len(word) > 4 and any(token.piece for token in tokens(word)):
        size = chance.randint(2, 4)
        start = chance.randrange(len(word) - size + 1)
        return word[start : start + size]
    return word


class Forms:
    """Other forms of a word that texts of its language have, by PostgreSQL's stemmer."""

    def __init__(self, database: Database, language: str, texts: list[str]) -> None:
        words = sorted(set().union(*map(inflected, texts)))
        self._stems: dict[str, str] = {}
        self._words: dict[str, list[str]] = defaultdict(list)
        if language in STEMMERS and words:
            rows = database.run(
                "select w, (tsvector_to_array(to_tsvector(cast(:stemmer as regconfig), w)))[1] "
                "from unnest(cast(:words as text[])) w",
                stemmer=STEMMERS[language],
                words=words,
            )
            for word, stem in rows:
                if stem:
                    self._stems[word] = stem
                    self._words[stem].append(word)

    def of(self, word: str) -> str | None:
        others = self._words.get(self._stems.get(word.lower(), ""), [])
        return next((one for one in others if one != word.lower()), None)


def test_a_word_leads_back_to_its_ticket(
    database: Database, tickets: PostgresTickets, texts: Mapping[str, list[str]]
) -> None:
    reader = PostgresTicketReader(database)
    for language, said_in_it in texts.items():
        batch = [
            said(f"{language}-{place}", text, answer=triage(text, language=language))
            for place, text in enumerate(said_in_it)
        ]
        for start in range(0, len(batch), 50):
            take_in(tickets, batch[start : start + 50], START)

    def ours(query: str, name: str) -> bool:
        wanted = TicketFilter(query=f"{query}", source=("zendesk",))
        cursor = None
        while True:
            page = reader.search(wanted, 100, cursor)
            if any(ticket.external_id == name for ticket in page.items):
                return True
            if page.next is None:
                return False
            cursor = page.next

    def substring(query: str, name: str) -> bool:
        rows = database.run(
            "select from feedback where external_id = :name and text ilike '%' || :query || '%'",
            name=name,
            query=query,
        )
        return bool(rows)

    ways: Mapping[str, Callable[[str], str | None]] = {
        "as it stands": str,
        "in capitals": str.upper,
        "without accents": lambda word: _plain(word) if _plain(word) != word else None,
        "decomposed": lambda word: unicodedata.normalize("NFD", word),
        "another form": lambda word: None,
    }
    worse = []
    print(f"\n{'':>4}" + "".join(f"{way:>32}" for way in ways))
    for language, said_in_it in texts.items():
        chance, forms = random.Random(2), Forms(database, language, said_in_it)
        counts: dict[str, list[int]] = {way: [0, 0, 0] for way in ways}
        for _ in range(WORDS):
            place = chance.randrange(len(said_in_it))
            words = _words(said_in_it[place])
            if not words:
                continue
            word = _asked(chance.choice(words), chance)
            for way, write in ways.items():
                query = forms.of(word) if way == "another form" else write(word)
                if query is None:
                    continue
                count = counts[way]
                count[0] += 1
                count[1] += ours(query, f"{language}-{place}")
                count[2] += substring(query, f"{language}-{place}")
        line = ""
        for way, (asked, found, by_substring) in counts.items():
            said_of_it = f"{found / asked:.0%} ({by_substring / asked:.0%}) of {asked}" if asked else "-"
            line += f"{said_of_it:>32}"
            if found < by_substring:
                worse.append((language, way, asked, found, by_substring))
        print(f"{language:>4}{line}  {len(said_in_it)} texts")
    assert worse == []
