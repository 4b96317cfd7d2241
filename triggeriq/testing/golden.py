"""Golden requests: what a provider really sent, byte for byte, and what should become of it.

A folder holds two files for each:

    review.http     the request as HTTP writes it: `POST /webhooks/acme`, headers, an empty line, and the
                    body, which is raw: nothing is decoded, no line end is changed
    review.json     {"now": "2026-01-02T03:04:05Z", "secret": "…", "items": [{"feedback": {…}}]}

`now` is when the request came. `items` are all that it holds, as `triggeriq.testing.plain` shows them; an
empty list where it is answered at once and holds nothing, and then `reply` may say with what, field by
field of `Reply`. Where it matters there are also `settings` and `connection` (its name), `url` (the whole
address by which the sender called), and `event` (the id that `receive` should give it).

A golden file has any name, with what should become of it beside it:

    reviews.csv         the file, unpacked
    reviews.csv.json    {"items": […]}, where it matters with `settings`, and `unreadable`: words of the
                        message where its rest can't be read

None of them may hold a real secret, or the address of a person: `load` and `uploads` refuse it
(`triggeriq.testing.private`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from triggeriq import Event, Events, Item, Reply, Source
from triggeriq.testing.plain import plain
from triggeriq.testing.private import faults_of
from triggeriq.testing.samples import Delivery, Exactly, Upload

T = TypeVar("T")

_DEFAULTS: Mapping[str, Any] = {
    "connection": "default",
    "event": None,
    "reply": None,
    "secret": "",
    "settings": {},
    "url": "",
}


def load(folder: str | Path) -> tuple[Delivery, ...]:
    """The golden requests of a folder, by name. Raises ValueError where there is none, and for one that is
    not whole or holds what it must not, naming it."""
    found = sorted(Path(folder).glob("*.http"))
    if not found:
        raise ValueError(f"there is no golden request (*.http) in {folder}")
    return tuple(_named("golden request", file, _request) for file in found)


def uploads(folder: str | Path) -> tuple[Upload, ...]:
    """The golden files of a folder, by name. Raises ValueError as `load` does."""
    found = [file for said in sorted(Path(folder).glob("*.json")) if (file := said.with_suffix("")).is_file()]
    if not found:
        raise ValueError(f"there is no golden file (with its .json) in {folder}")
    return tuple(_named("golden file", file, _upload) for file in found)


def save(folder: str | Path, delivery: Delivery, items: Iterable[Item], source: str = "x") -> Path:
    """Write a golden request with the items that it holds, for a person to look through. source: for the
    address in it. Returns the path of its `.http`. Raises FileExistsError where there is one of that name."""
    file = Path(folder) / f"{delivery.name}.http"
    file.parent.mkdir(parents=True, exist_ok=True)
    query = f"?{urlencode(delivery.query)}" if delivery.query else ""
    head = [
        f"{delivery.method} /webhooks/{source}{query}",
        *(f"{name}: {value}" for name, value in delivery.headers.items()),
    ]
    with file.open("xb") as stream:
        stream.write("\n".join([*head, "", ""]).encode() + delivery.body)
    said = {
        "now": delivery.now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **{
            name: getattr(delivery, name)
            for name, default in _DEFAULTS.items()
            if getattr(delivery, name) != default
        },
        "items": [plain(item) for item in items],
    }
    text = json.dumps(said, indent=2, ensure_ascii=False, default=dict)
    file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return file


def items_of(source: Source, delivery: Delivery) -> Sequence[Item]:
    """What the source makes of a request, whether its proof is valid or not; nothing of one that it answers
    at once. Raises Unreadable."""
    connection = delivery.connected(source, delivery.secret)
    request = delivery.request()
    if source.handshake(request, connection) is not None:
        return []
    answer = source.receive(request, connection)
    if isinstance(answer, Reply):
        return []
    events = answer.items if isinstance(answer, Events) else (Event("ignored"),)
    return [
        item for event in events for item in source.transform(delivery.received(source, event), connection)
    ]


def parsed(raw: bytes) -> tuple[str, str, dict[str, str], bytes]:
    """Method, target, headers (names in lower case) and body of a request as HTTP writes it. Raises
    ValueError."""
    end = re.search(rb"\r?\n\r?\n", raw)
    if end is None:
        raise ValueError("no empty line stands between headers and body")
    first, *lines = raw[: end.start()].decode("utf-8").splitlines()
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"{line!r} is no header")
        headers[name.strip().lower()] = value.strip()
    method, _, target = first.partition(" ")
    return method, target.removesuffix(" HTTP/1.1").strip(), headers, raw[end.end() :]


def query_of(target: str) -> dict[str, str]:
    """What stands behind the ? of an address."""
    return dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))


def _named(what: str, file: Path, read: Callable[[Path], T]) -> T:
    try:
        return read(file)
    except KeyError as error:
        raise ValueError(f"the {what} {file}: {error} is missing in its .json") from error
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"the {what} {file}: {error}") from error


def _request(file: Path) -> Delivery:
    said = _said(file.with_suffix(".json"))
    raw = file.read_bytes()
    method, target, headers, body = parsed(raw)
    _refuse_what_is_private(raw, body, said)
    return Delivery(
        name=file.stem,
        method=method,
        query=query_of(target),
        headers=headers,
        body=body,
        now=datetime.fromisoformat(said["now"]),
        expect=tuple(map(Exactly, said["items"])),
        **{name: said.get(name, default) for name, default in _DEFAULTS.items()},
    )


def _upload(file: Path) -> Upload:
    said = _said(file.with_name(f"{file.name}.json"))
    body = file.read_bytes()
    _refuse_what_is_private(body, body, said)
    return Upload(
        name=file.name,
        body=body,
        expect=tuple(map(Exactly, said["items"])),
        settings=said.get("settings", {}),
        unreadable=said.get("unreadable", ""),
    )


def _said(file: Path) -> dict[str, Any]:
    said = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(said, dict):
        raise ValueError(f"{file.name} holds no object")
    return said


def _refuse_what_is_private(raw: bytes, body: bytes, said: Mapping[str, Any]) -> None:
    """Raises ValueError, naming it."""
    secret = said.get("secret", "")
    texts = [raw.decode("utf-8", "replace"), json.dumps(said, ensure_ascii=False)]
    if b"%40" in body:
        texts.append(unquote_plus(body.decode("utf-8", "replace")))
    if b"\\u" in body:
        texts.append(_unescaped(body))
    if faults := list(dict.fromkeys(fault for text in texts for fault in faults_of(text, secret))):
        raise ValueError("it must not hold what is private: " + "; ".join(faults))


def _unescaped(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
