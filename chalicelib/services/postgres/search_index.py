"""What search knows of a ticket: the column `search`, a tsvector of our own lexemes.

    crash      a word, folded, with its places in the text
    返金        a piece of a script without spaces
    ~crash     the stem of a word, by the ticket's language
    author=ada, address=ada@example.com, id=17, rating=5, version=2.1
               of what was said, and by whom: what only the rows of feedback hold
    facet.team=billing
               of what a plugin says of it

They are made here and not by PostgreSQL's parser: it can't read scripts without spaces, keeps accents and
marks of direction, takes "-12345" in ORD-12345 for a number, and depends on the server's locale. Only stems
are PostgreSQL's (Snowball). No word has a "~" or a "=" in it, so that none is mistaken for something else.
"""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from chalicelib.domain.tickets.facets import FACET
from chalicelib.domain.tickets.plan import Kept, Standing
from chalicelib.domain.tickets.words import folded, inflected, tokens_of_text
from chalicelib.services.postgres.columns import names, table
from chalicelib.services.postgres.connection import Session, as_rows
from chalicelib.services.postgres.rows import FEEDBACK, kept_of
from triggeriq import Author

WORDS_LIMIT = 50_000
"""Characters of a ticket that are indexed: a tsvector holds a megabyte at most."""
ITEM_WORDS_LIMIT = 5_000
"""Characters that each item adds to them."""
LEXEME_LIMIT = 500
"""Characters of a lexeme: it holds 2,046 bytes at most."""
ITEMS = 20
"""Items of a ticket that are indexed: the latest, and the one that opened it."""

STEMMERS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch",
    "en": "english", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "yi": "yiddish",
}  # fmt: skip
"""PostgreSQL's configuration by the language's ISO 639-1 code: all that PostgreSQL 16 brings along.
https://www.postgresql.org/docs/16/textsearch-dictionaries.html#TEXTSEARCH-SNOWBALL-DICTIONARY"""

INDEXED = table({"lexemes": "tsvector", "stemmer": "regconfig", "inflected": "text"})
"""What a row for `recordset` has of it; SEARCH is the tsvector that becomes of them."""
SEARCH = (
    "r.lexemes || coalesce((select array_to_tsvector(array_agg('~' || s.lexeme)) "
    "from unnest(to_tsvector(r.stemmer, r.inflected)) s), '')"
)

_ITEMS = f"""
select f.* from json_to_recordset(:of) as r(id uuid, source text, connection text, external_id text)
cross join lateral (
    select {names(FEEDBACK)} from feedback where ticket_id = r.id
    order by (source, connection, external_id) = (r.source, r.connection, r.external_id) desc,
        received_at desc limit {ITEMS + 1}
) f
"""


def items_of(session: Session, tickets: Iterable[Standing]) -> list[Kept]:
    """The stored items of tickets that are indexed."""
    leads = [{"id": standing.ticket.id, **standing.lead._asdict()} for standing in tickets]
    return [kept_of(row) for row in session.run(_ITEMS, of=as_rows(leads))] if leads else []


def index_row(standing: Standing, items: Collection[Kept]) -> dict[str, Any]:
    """The columns of INDEXED. items: those of the ticket; too many do no harm."""
    ticket = standing.ticket
    latest = sorted(items, key=lambda kept: (kept.message.received_at, kept.message.key), reverse=True)
    items = sorted(latest, key=lambda kept: kept.message.key != standing.lead)[: ITEMS + 1]
    texts = [ticket.description]
    if ticket.title not in ticket.description:
        texts.insert(0, ticket.title)
    said = (kept.message.feedback for kept in items)
    texts += [one.text[:ITEM_WORDS_LIMIT] for one in said if one.text != ticket.description]
    text = "\n".join(texts)[:WORDS_LIMIT]
    authors = dict.fromkeys((ticket.author, *(kept.message.feedback.author for kept in items)))
    versions = {version for kept in items if (version := kept.message.feedback.app.version)}
    lexemes = _words([text, *(line for author in authors for line in (author.name, author.email) if line)])
    lexemes += [quoted(one) for author in authors for one in author_lexemes(author)]
    lexemes += [quoted(version_lexeme(version)) for version in versions]
    lexemes += [quoted(facet_lexeme(name, facet.label)) for name, facet in ticket.facets.items()]
    if ticket.rating is not None:
        lexemes.append(quoted(rating_lexeme(ticket.rating)))
    stemmer = stemmer_of(ticket.language or "")
    return {
        "lexemes": " ".join(lexemes),
        "stemmer": stemmer,
        "inflected": " ".join(inflected(text)) if stemmer else None,
    }


def stemmer_of(language: str) -> str | None:
    """language: a code such as pt, pt-BR or pt_BR; "fil" is Filipino, and no Finnish."""
    return STEMMERS.get(language.lower().replace("_", "-").partition("-")[0])


def author_lexemes(author: Author) -> set[str]:
    """By which an author is found. An address is found by its domain, too."""
    found = {f"author={part}" for part in _parts(author.name or "")}
    if author.id:
        found.add(f"id={folded(author.id)}")
    if author.email:
        address = folded(author.email)
        local, _, domain = address.rpartition("@")
        found |= {f"address={address}", f"address={domain}", *(f"author={part}" for part in _parts(local))}
    return found


def rating_lexeme(rating: float) -> str:
    return f"rating={rating:g}"


def facet_lexeme(name: str, label: str) -> str:
    return f"{FACET}{name}={label}"


def version_lexeme(version: str) -> str:
    return f"version={folded(version)}"


def quoted(lexeme: str) -> str:
    """As PostgreSQL reads a lexeme in a tsvector and in a tsquery."""
    return "'" + lexeme[:LEXEME_LIMIT].replace("\\", "\\\\").replace("'", "''") + "'"


def _parts(line: str) -> set[str]:
    return {part for token in tokens_of_text(line) for part in token.pieces or [token.text]}


def _words(texts: Iterable[str]) -> list[str]:
    """Words with their places, and pieces without. Between two texts lies a place that is empty, so that no
    phrase goes from one to the other."""
    places: dict[str, list[str]] = {}
    pieces: set[str] = set()
    place = 0
    for text in texts:
        place += 1
        for token in tokens_of_text(text):
            place += 1
            if token.piece:
                pieces.update(token.pieces)
            else:
                for word in (token.text, *token.numbers):
                    places.setdefault(word, []).append(str(place))
    return [*(f"'{word}':{','.join(at)}" for word, at in places.items()), *(f"'{one}'" for one in pieces)]
