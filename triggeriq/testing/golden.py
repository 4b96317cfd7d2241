"""Golden requests: what a provider really sent, byte for byte, and what should become of it.

A folder holds two files for each:

    review.http     the request as HTTP writes it: `POST /webhooks/acme`, headers, an empty line, and the
                    body, which is raw: nothing is decoded, no line end is changed
    review.json     {"now": "2026-01-02T03:04:05Z", "secret": "…", "items": [{"feedback": {…}}]}

`now` is when the request came. `items` are all that it holds, as `triggeriq.testing.plain` shows them; an
empty list where it is answered and holds nothing. Where it matters there are also `settings` and `connection`
(its name), `url` (the whole address by which the sender called), and `event` (the id that `receive` should
give it).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triggeriq import Event, Events, Item, Source
from triggeriq.testing.plain import plain
from triggeriq.testing.samples import Delivery, Exactly

_DEFAULTS: Mapping[str, Any] = {
    "connection": "default",
    "event": None,
    "secret": "",
    "settings": {},
    "url": "",
}


def load(folder: str | Path) -> tuple[Delivery, ...]:
    """The golden requests of a folder, by name. Raises ValueError for one that is not whole, naming it."""
    requests = sorted(Path(folder).glob("*.http"))
    if not requests:
        raise ValueError(f"there is no golden request (*.http) in {folder}")
    return tuple(map(_load, requests))


def _load(file: Path) -> Delivery:
    try:
        said = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        method, headers, body = _parsed(file.read_bytes())
        return Delivery(
            name=file.stem,
            method=method,
            headers=headers,
            body=body,
            now=datetime.fromisoformat(said["now"]),
            expect=tuple(map(Exactly, said["items"])),
            **{name: said.get(name, default) for name, default in _DEFAULTS.items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the golden request {file}: {type(error).__name__} {error}") from error


def _parsed(raw: bytes) -> tuple[str, dict[str, str], bytes]:
    head, found, body = raw.partition(b"\n\n")
    windows, found_windows, body_windows = raw.partition(b"\r\n\r\n")
    if found_windows and (not found or len(windows) < len(head)):
        head, found, body = windows, found_windows, body_windows
    if not found:
        raise ValueError("no empty line stands between headers and body")
    first, *lines = head.decode("utf-8").splitlines()
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"{line!r} is no header")
        headers[name.strip().lower()] = value.strip()
    return first.split(" ")[0], headers, body


def save(folder: str | Path, delivery: Delivery, items: Iterable[Item]) -> Path:
    """Write a golden request with the items that it holds, for a person to look through. Returns the path of
    its `.http`. Raises FileExistsError where there is one of that name."""
    file = Path(folder) / f"{delivery.name}.http"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = [
        f"{delivery.method} /webhooks/x",
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
    """What the source makes of a request, whether its proof is valid or not. Raises Unreadable."""
    connection = delivery.connected(source, delivery.secret)
    answer = source.receive(delivery.request(), connection)
    events = answer.items if isinstance(answer, Events) else (Event("ignored"),)
    return [
        item for event in events for item in source.transform(delivery.received(source, event), connection)
    ]
