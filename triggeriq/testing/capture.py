"""Makes a golden request of a real one: secrets and persons are replaced, and it is signed anew with a secret
of the tests. What was replaced is told, and a person looks through the rest: no program knows all names.

`python -m triggeriq.testing.capture --source acme --from saved.http --into tests/golden --name review` reads

- a request as HTTP writes it,
- a command of curl, as a browser or a provider's page copies it,
- the body of `POST /sources/{source}/preview`, or
- a body alone.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from triggeriq import InvalidSetting, Item, Request, Scheme, Source, Unreadable
from triggeriq.signing import signed
from triggeriq.testing import golden
from triggeriq.testing.installed import find
from triggeriq.testing.replacing import Replaced, private_in, public
from triggeriq.testing.samples import Delivery
from triggeriq.testing.saved import read

SECRET = "a-secret-of-the-tests"  # noqa: S105 - it is one that everybody knows
_BYTES = b"a secret of the tests, 32 bytes."

_NOT_KEPT = re.compile(
    r"accept.*|authorization|cf-.*|connection|content-(?:encoding|length)|cookie|forwarded|host|priority"
    r"|proxy-.*|sec-.*|te|traceparent|tracestate|transfer-encoding|via|x-(?:amz|api-key|forwarded|real-ip).*"
)
"""Headers of the way here, and of who was let in."""


class Captured(NamedTuple):
    """A golden request that can be saved."""

    delivery: Delivery
    replaced: tuple[Replaced, ...]
    remarks: tuple[str, ...]


def capture(
    source: Source,
    raw: bytes,
    name: str,
    now: datetime,
    settings: Mapping[str, Any] | None = None,
    also: Sequence[Replaced] = (),
) -> Captured:
    """The golden request of that name. raw: see above. also: what is replaced, too, where it occurs. Raises
    ValueError for what is no request, and InvalidSetting."""
    request = read(raw)
    replaced = (*private_in(request), *(one for one in also if public(request, (one,)) != request))
    shown = public(request, replaced)
    delivery = Delivery(
        name=name,
        method=shown.method,
        query=shown.query,
        url=shown.url,
        headers=shown.headers,
        body=shown.body,
        now=now,
        expect=(),
        settings=settings or {},
    )
    rows = source.schemes(delivery.connected(source))
    row = _row_of(rows, request)
    stays = {
        header: value
        for header, value in shown.headers.items()
        if not _NOT_KEPT.fullmatch(header) and not (row and header in _of_the_proof(rows))
    }
    unsigned = Request(method=shown.method, headers=stays, body=shown.body, query=shown.query, url=shown.url)
    secret, remarks = "", []
    if source.handshake(unsigned, delivery.connected(source)) is not None:
        proven = unsigned
    elif row is not None and type(source).verify is Source.verify:
        secret = secret_for(row)
        proven = signed(row, secret, unsigned, now)
        if b"{url}" in row.signed and not unsigned.url:
            remarks.append("its address is signed, and was not told: put `url` into the .json, and sign it")
    else:
        proven = unsigned
        remarks.append("no row of Scheme says how it is signed, so it is not: add its proof by hand")
    made = replace(delivery, headers=dict(proven.headers), body=proven.body, secret=secret)
    return Captured(made, replaced, tuple(remarks))


def secret_for(row: Scheme) -> str:
    """The secret of the tests, in the form that the row needs."""
    if row.kind == "basic":
        return f"user:{SECRET}"
    if row.kind == "secret_name":
        return ""
    written = base64.b64encode(_BYTES).decode()
    return {"whsec": f"whsec_{written}", "base64": written, "hex": _BYTES.hex()}.get(row.key_form, SECRET)


def _row_of(rows: tuple[Scheme, ...], request: Request) -> Scheme | None:
    """The row by which it came, else the first that has a secret."""
    secret_ones = [row for row in rows if row.kind != "secret_name"]
    came = (row for row in secret_ones if any(name.lower() in request.headers for name in row.headers))
    return next(came, secret_ones[0] if secret_ones else None)


def _of_the_proof(rows: tuple[Scheme, ...]) -> set[str]:
    named = ((*row.headers, row.timestamp_header, row.id_header) for row in rows)
    return {name.lower() for names in named for name in names if name}


def main(arguments: Sequence[str] | None = None, raw: bytes | None = None) -> int:
    """arguments: instead of the command's own. raw: instead of what it would read."""
    parser = argparse.ArgumentParser(
        prog="python -m triggeriq.testing.capture",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--source", required=True, help="its name, or that of its module")
    parser.add_argument(
        "--from", dest="saved", type=Path, help="the file with the request; else it is piped in"
    )
    parser.add_argument("--into", type=Path, required=True, help="the folder of golden requests")
    parser.add_argument("--name", required=True, help="what it is called there, such as review_edited")
    parser.add_argument("--settings", type=json.loads, default={}, help="of its connection, as JSON")
    parser.add_argument(
        "--replace", action="append", default=[], help="further words that are private: Ines=Ada"
    )
    parser.add_argument("--now", type=datetime.fromisoformat, help="when it came; else it comes now")
    options = parser.parse_args(arguments)
    now = options.now or datetime.now(UTC).replace(microsecond=0)
    try:
        if raw is None:
            raw = options.saved.read_bytes() if options.saved else sys.stdin.buffer.read()
        source = find(options.source)()
        replaced = _other_words(options.replace)
        captured = capture(source, raw, _name(options.name), now, options.settings, replaced)
        items, remarks = _items(source, captured.delivery)
        file = golden.save(options.into, captured.delivery, items, source.name)
    except FileExistsError as error:
        return _refused(f"{error.filename} is there already; choose another name, or remove it and its .json")
    except (OSError, InvalidSetting, LookupError, ValueError) as error:
        return _refused(str(error))
    sys.stdout.write("\n".join(_told(file, captured, remarks)) + "\n")
    return 0


def _refused(why: str) -> int:
    sys.stderr.write(f"triggeriq: no golden request was made: {why}\n")
    return 1


def _name(said: str) -> str:
    """Raises ValueError where no file can have it."""
    if not re.fullmatch(r"\w[\w.-]{0,99}", said):
        raise ValueError(f"{said!r} can't be a file's name; use letters, digits, _, - and .")
    return said


def _other_words(said: Sequence[str]) -> list[Replaced]:
    """Raises ValueError where one is not of the form old=new."""
    pairs = [one.partition("=") for one in said]
    if any(not (old and new) for old, _, new in pairs):
        raise ValueError("--replace wants the old words and the new ones, such as Ines=Ada")
    return [Replaced("said", old, new) for old, _, new in pairs]


def _items(source: Source, delivery: Delivery) -> tuple[Sequence[Item], list[str]]:
    """What the source makes of it, and what is to be said of that."""
    try:
        return golden.items_of(source, delivery), []
    except Unreadable as error:
        return [], [
            f"the source can't read it yet ({error}): say in `items` what it holds, and mend the source"
        ]


def _told(file: Path, captured: Captured, remarks: Sequence[str]) -> Iterator[str]:
    yield f"Made {file} and its .json."
    yield "Replaced:" if captured.replaced else "Found nothing private in known fields."
    yield from (
        f"  {one.kind}: {one.old!r} by {one.new!r}" for one in captured.replaced if one.kind != "secret"
    )
    yield from (f"  a secret by {one.new!r}" for one in captured.replaced if one.kind == "secret")
    yield from (f"To do: {remark}" for remark in (*captured.remarks, *remarks))
    yield (
        "Look through both files. The items are what the source makes of it now, not what is right. A name "
        "may still stand in the words: then remove both, and capture it again with --replace 'Ines=Ada'. "
        "Changed by hand, its signature no longer fits."
    )
    try:
        golden.load(file.parent)
    except ValueError as error:
        yield f"Refused as it is: {error}"


if __name__ == "__main__":
    sys.exit(main())
