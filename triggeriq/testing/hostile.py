"""The worst that strangers may send, for the tests of every source."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

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


def spoilt(body: bytes) -> Iterator[bytes]:
    """A JSON document with each of its values replaced by each of VALUES, and with each left out."""
    document = json.loads(body)
    for path in _paths(document):
        for value in VALUES:
            changed = copy.deepcopy(document)
            _holder(changed, path)[path[-1]] = value
            yield json.dumps(changed).encode()
        changed = copy.deepcopy(document)
        del _holder(changed, path)[path[-1]]
        yield json.dumps(changed).encode()


def replaced(body: bytes, old: str, new: str) -> bytes:
    """A JSON document with every text that equals `old` replaced."""
    document = json.loads(body)
    for path in _paths(document):
        holder = _holder(document, path)
        if holder[path[-1]] == old:
            holder[path[-1]] = new
    return json.dumps(document).encode()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, child in inner for found in [(*path, key), *_paths(child, (*path, key))]]


def _holder(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document
