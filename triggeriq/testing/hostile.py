"""The worst that strangers may send, for the tests of every source."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

HEADERS = (
    *(
        "",
        " ",
        ",",
        ",,,",
        "=",
        "v1",
        "v1,",
        "v1,v1,v1",
        "t=,v1=",
        "sha256=",
        "Bearer",
        "Basic ",
        "Basic Og==",
    ),
    *(
        "zz" * 32,
        "0" * 63,
        "AAAA",
        "A" * 10_000,
        "====",
        "ÿþ",
        "é" * 44,
        "👍",
        "\ud800",
        "\x00",
        "nan",
        "-inf",
    ),
    *(
        "1e999",
        "9" * 400,
        "-1",
        "0",
        "1_000",
        "１２３４５６７８９０",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ),
    *("2024-02-30T00:00:00Z", "2024-01-01", "24:00", "None", "{}", "v1,AAAA v1a,BBBB v2,", " , "),
)
"""Values of any header."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**12), "", " ", "\x00", "\ud800", "x" * 5000, "2024-13-45"),
    *(
        "9999-12-31T23:59:59-23:59",
        "1" * 30,
        [],
        {},
        [[]],
        [None],
        {"": None},
        {"id": {"id": 1}},
        ["a", 1, None],
    ),
)
"""What may stand in place of any value of a JSON document."""

BODIES: tuple[bytes, ...] = (
    *(
        b"",
        b" ",
        b"null",
        b"true",
        b"0",
        b'""',
        b"[]",
        b"{}",
        b"[[]]",
        b"[null]",
        b"{",
        b'{"a"',
        b'{"a":}',
        b"\x00",
    ),
    *(
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf{}",
        b"NaN",
        b'{"id": NaN}',
        b'{"id": -Infinity}',
        b'{"id": 1e999}',
    ),
    *(
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b'{"text": "\\u0000"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ),
    *(b"[" * 100_000 + b"]" * 100_000, b'{"id": ' + b"9" * 5_000 + b"}", b'{"text": ' + b"9" * 5_000 + b"}"),
    *(b"<html></html>", b"a=b&c=d", b'"' * 1_001, b"\r\n" * 100, b"id,text\n" + b'"' * 501, b"a" * 300_000),
    *('{"text": "ü"}'.encode("utf-16"), '{"text": "ü"}'.encode("utf-32"), '{"text": "ü"}'.encode("latin-1")),
)
"""Whole bodies and files."""


TEXTS = {
    "nothing": "",
    "spaces": " " * 100_000,
    "one letter": "a" * 100_000,
    "words": "great app crash " * 6_500,
    "digits": "1" * 100_000,
    "digit groups": "1 000 000 " * 10_000,
    "dots": "1.2.3." * 17_000,
    "amounts": "$1,000,000" * 10_000,
    "orders": "order no. a-" * 9_000,
    "steps": "1. a\n2. b\n" * 9_000,
    "marks": "?!" * 50_000,
    "apostrophes": "a'" * 50_000,
    "at signs": "a@" * 50_000,
    "addresses without an end": "a.b-c+" * 17_000,
    "links": "http://" * 14_000,
    "reply marks": "re:" * 33_000,
    "greetings": "hi " * 33_000,
    "emoji": "😀🎉" * 50_000,
    "joined emoji": "👨\u200d👩\u200d👧" * 10_000,
    "right to left": "مرحبا \u202e" * 14_000,
    "no spaces": "動かない" * 25_000,
    "NULs": "\0" * 100_000,
    "lone surrogates": "\ud800" * 100_000,
    "combining marks": "e" + "\u0301" * 100_000,
    "lines": "\n" * 100_000,
    "thanks": "thanks, " * 12_500,
}
"""Whole texts, for classifiers."""

LETTERS = (
    "abXYZ019 .,:;-_/\\'\"<>&{}[]()@#%*?!=+$€\t\n\r\0\x1b"
    "äßéÅİſ½²\u00a0\u0301\u200d\u202e\ufeff\uffff\ud800\udc00漢字あ한عא١๓👍👩"
)
"""Of what random texts are made. Few, since hypothesis takes seconds to look up those of all Unicode."""

FILLERS = ("x", " ", "\n", "a@", "<b", "&#", "*_", "[](", "<https://a|", "ß👍")
"""What a text is grown with: patterns that try every ending of it take a time that grows faster than it."""

PIECES = (*BODIES[:-4], b"\r\n", b"\n\n", b"--", b'"', b"=?utf-8?q?=ff?=", b"&#0;", b"\xed\xa0\x80")
"""What an accident puts into bytes. Not the longest: they would only take time."""

Path: TypeAlias = tuple[Any, ...]


def spoilt(body: bytes, most: int = 300) -> Iterator[bytes]:
    """A document (JSON, or a form's fields) with each of its values replaced by each of VALUES, and with each
    left out. Where those are more than `most`, so many of them, the same ones each time. None of what is no
    document."""
    document = read(body)
    paths, changes = paths_in(document), len(VALUES) + 1
    cases = range(len(paths) * changes)
    for case in sorted(random.Random(0).sample(cases, most)) if len(cases) > most else cases:  # noqa: S311 - the same each time
        path, value = paths[case // changes], case % changes
        yield written(
            body, without(document, path) if value == len(VALUES) else put(document, path, VALUES[value])
        )


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body after one to three accidents: cut, doubled, turned round, with something put in, with other
    bytes."""
    for _ in range(chance.randint(1, 3)):
        start, end = sorted(chance.choices(range(len(body) + 1), k=2))
        part = body[start:end]
        accident = chance.randrange(6)
        if accident == 0:
            body = body[:start]
        elif accident == 1:
            body = body[:start] + body[end:]
        elif accident == 2:
            body = body[:end] + part + body[end:]
        elif accident == 3:
            body = body[:start] + part[::-1] + body[end:]
        elif accident == 4:
            body = body[:start] + chance.choice(PIECES) + body[start:]
        elif body:
            flipped = bytearray(body)
            for _ in range(chance.randint(1, 8)):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            body = bytes(flipped)
    return body


def mutated(body: bytes, times: int) -> Iterator[bytes]:
    """The body changed so often, the same way each time: half of them are documents with one value spoilt,
    half are damaged bytes. Of what is no document all are damaged."""
    values = list(spoilt(body, times // 2))
    yield from values
    for number in range(times - len(values)):
        yield damaged(body, random.Random(number))  # noqa: S311 - nor is this


def read(body: bytes) -> Any:
    """The document: of JSON its value, of a form the pairs of its fields; None of what is neither."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return [list(pair) for pair in parse_qsl(body.decode(), strict_parsing=True, keep_blank_values=True)]
    except ValueError:
        return None


def written(body: bytes, document: Any) -> bytes:
    """The document in the form that `body` has."""
    if body.lstrip()[:1] in (b"{", b"["):
        return json.dumps(document).encode()
    pairs = [(str(pair[0]), str(pair[1])) for pair in document if isinstance(pair, list) and len(pair) == 2]
    return urlencode(pairs, errors="surrogatepass").encode()


def paths_in(document: Any, path: Path = ()) -> list[Path]:
    """Where each value stands in it."""
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [found for key, child in inner for found in [(*path, key), *paths_in(child, (*path, key))]]


def value_at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def put(document: Any, path: Path, value: Any) -> Any:
    """The document with another value there; what does not change is shared with it."""
    if not path:
        return value
    changed = document.copy()
    changed[path[0]] = put(document[path[0]], path[1:], value)
    return changed


def without(document: Any, path: Path) -> Any:
    """The document without what stands there."""
    holder = value_at(document, path[:-1]).copy()
    del holder[path[-1]]
    return put(document, path[:-1], holder)
