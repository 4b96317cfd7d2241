"""What people type into a search, as PostgreSQL asks the column `search` (search_index.py).

crash app        both words; the last part of each may go on: "refu" finds "refund", not "12" "123"
crashes          also other forms of it: crash, crashing
ORD-12345        these parts, one after the other
"on the phone"   these words as they are, one after the other
a or b, -c       either; not this word
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from chalicelib.domain.tickets.words import Token, folded, inflected, tokens
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.search_index import STEMMERS, quoted, stemmer_of

PREFIX_FROM = 3
"""Letters of a word that may go on; shorter ones begin too many others."""

_TERM = re.compile(r'(?P<no>-(?=[\w"]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
"""What keyboards make of quotation marks."""
_STEMS = """
select w.word, array_agg(distinct s.lexeme) from unnest(cast(:words as text[])) w(word),
    unnest(cast(:stemmers as regconfig[])) c(stemmer), unnest(to_tsvector(c.stemmer, w.word)) s
group by w.word
"""

Stems = Mapping[str, Sequence[str]]
"""The stems of a word, in whatever language it may be."""


def words_query(text: str, stems: Callable[[Collection[str]], Stems]) -> str | None:
    """The tsquery for what somebody typed; None where there is no word in it."""
    known = stems(inflected(text))
    either: list[list[str]] = [[]]
    for match in _TERM.finditer(text.translate(_QUOTES)):
        word = match["word"]
        if word is not None and not match["no"] and word.lower() == "or":
            either.append([])
        elif term := _phrase(match["phrase"]) if word is None else _word(word, bool(match["no"]), known):
            either[-1].append(f"!({term})" if match["no"] else term)
    return " | ".join(f"({' & '.join(terms)})" for terms in either if terms) or None


def stems_of(database: Database, languages: Sequence[str]) -> Callable[[Collection[str]], Stems]:
    """Asks PostgreSQL. languages: those of the tickets wanted; none: any."""
    stemmers = sorted({one for language in languages or STEMMERS if (one := stemmer_of(language))})

    def ask(words: Collection[str]) -> Stems:
        if not words or not stemmers:
            return {}
        return dict(database.run(_STEMS, words=sorted(words), stemmers=stemmers))

    return ask


def customer_query(text: str) -> str:
    """The tsquery for an author: the id; the address or its domain, or how it begins; words of the name, each
    whole or its beginning."""
    whole = folded(text)
    ways = [quoted(f"id={whole}"), f"{quoted(f'address={whole}')}:*"]
    if parts := dict.fromkeys(part for token in tokens(text) for part in _author_parts(token)):
        ways.append(f"({' & '.join(parts)})")
    return " | ".join(ways)


def any_of(lexemes: Iterable[str]) -> str:
    return " | ".join(map(quoted, lexemes))


def _word(text: str, negated: bool, stems: Stems) -> str:
    """What stands between two spaces: often a word, but an address has several."""
    parts = list(tokens(text))
    if len(parts) == 1 and not negated and not parts[0].piece:
        word = parts[0].text
        ways = [_last(word), *(quoted(f"~{stem}") for one in inflected(text) for stem in stems.get(one, ()))]
        return f"({' | '.join(ways)})"
    return _row(parts, quoted if negated else _last)


def _phrase(text: str) -> str:
    return _row(list(tokens(text)), quoted)


def _row(parts: Sequence[Token], last: Callable[[str], str]) -> str:
    """Words behind one another, and the pieces of what has no words. last: the lexeme of the last word."""
    rows: list[str] = []
    words: list[str] = []
    for place, token in enumerate(parts):
        if token.piece:
            rows += [" <-> ".join(words)] * bool(words)
            words = []
            rows.append(_pieces(token))
        else:
            words.append(last(token.text) if place == len(parts) - 1 else quoted(token.text))
    rows += [" <-> ".join(words)] * bool(words)
    return " & ".join(f"({row})" for row in rows)


def _last(word: str) -> str:
    return f"{quoted(word)}:*" if len(word) >= PREFIX_FROM and not word.isdigit() else quoted(word)


def _pieces(token: Token) -> str:
    """The whole pieces of a run; a run that is shorter than a piece begins one."""
    if len(token.text) < token.piece:
        return f"{quoted(token.text)}:*"
    return " & ".join(quoted(piece) for piece in token.pieces if len(piece) == token.piece)


def _author_parts(token: Token) -> list[str]:
    if len(token.text) >= token.piece > 0:
        return [quoted(f"author={piece}") for piece in token.pieces if len(piece) == token.piece]
    return [f"{quoted(f'author={token.text}')}:*"]
