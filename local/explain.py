"""`make explain`: why the signature of a request failed, or that it is genuine. Needs no running system.

What to look at comes by the environment, as make hands on its variables: SOURCE, the plugin's name of it;
REQUEST, a file with the request as HTTP writes it (`-`: standard input); where they matter CONNECTION, its
name, SETTINGS, those of the connection in JSON, URL, the whole address by which the sender called, NOW, when
the request came. Of a golden request the file beside it says them. The secret comes by EXPLAIN_SECRET, one a
line, the current one first, or is asked for; never by the command line, which other users of the machine see.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.errors import Invalid, TriggerIQError
from chalicelib.registry import Registry, discover
from triggeriq import Connection, NotVerified, Request, Source, explain

SECRET = "EXPLAIN_SECRET"


class Wrong(Exception):
    """What was asked can't be answered; the message says what to do."""


class Case(NamedTuple):
    """A request, and what is known of it beside it."""

    request: Request
    said: Mapping[str, Any]
    """As the file beside a golden request has it: connection, settings, secret, now."""


def read(environment: Mapping[str, str]) -> Case:
    """The request that REQUEST names. Raises Wrong."""
    name = environment.get("REQUEST", "")
    if not name:
        raise Wrong("REQUEST names no file; give REQUEST=request.http, or REQUEST=- for standard input")
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        beside = Path(name).with_suffix(".json")
        said = json.loads(beside.read_text(encoding="utf-8")) if name != "-" and beside.is_file() else {}
        if environment.get("SETTINGS"):
            said["settings"] = json.loads(environment["SETTINGS"])
    except (OSError, ValueError) as error:
        raise Wrong(f"{name}: {error}") from None
    said |= {key: environment[key.upper()] for key in ("connection", "now") if environment.get(key.upper())}
    request = parsed(raw)
    url = environment.get("URL") or said.get("url") or request.url
    return Case(Request(method=request.method, headers=request.headers, body=request.body, url=url), said)


def parsed(raw: bytes) -> Request:
    """A request as HTTP writes it: a line with method and path, headers, an empty line, the raw body. Its
    address is that of its header Host. Raises Wrong."""
    ends = [(at, end) for end in (b"\n\n", b"\r\n\r\n") if (at := raw.find(end)) >= 0]
    if not ends:
        raise Wrong("the request has no empty line between its headers and its body")
    at, end = min(ends)
    try:
        first, *lines = raw[:at].decode("utf-8").splitlines()
    except ValueError:
        raise Wrong("the request's headers are not UTF-8") from None
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise Wrong(f"line {lines.index(line) + 2} of the request is no header")
        headers[name.strip().lower()] = value.strip()
    method, _, rest = first.partition(" ")
    path, host = rest.split(" ")[0], headers.get("host", "")
    url = f"https://{host}{path}" if host and path.startswith("/") else path if "://" in path else ""
    return Request(method=method, headers=headers, body=raw[at + len(end) :], url=url)


def secrets(environment: Mapping[str, str], said: Mapping[str, Any]) -> tuple[str, ...]:
    """The connection's secrets, the current one first. Raises Wrong."""
    if f"{SECRET}=" in environment.get("MAKEFLAGS", ""):
        raise Wrong(
            f"{SECRET} stands on make's command line, where other users of this machine see it; "
            f"set it before the command: {SECRET}=… make explain"
        )
    if given := environment.get(SECRET):
        return tuple(line for line in given.splitlines() if line)
    if said.get("secret"):
        return (said["secret"],)
    if not sys.stderr.isatty():
        raise Wrong(f"nobody is here to be asked for the secret; set the environment variable {SECRET}")
    return (getpass.getpass("The connection's secret (it is not shown): "),)


def answer(source: Source, case: Case, given: tuple[str, ...], settings: Any) -> explain.Explanation:
    """What a preview would say of the case."""
    name = str(case.said.get("connection", "default"))
    connection = Connection(source=source.name, name=name, secrets=given, settings=settings)
    try:
        now = datetime.fromisoformat(case.said["now"]) if "now" in case.said else datetime.now(UTC)
        now = now if now.tzinfo else now.replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise Wrong("NOW is no time such as 2026-01-02T03:04:05Z") from None
    try:
        verified = source.verify(case.request, connection, now)
    except NotVerified as refusal:
        return explain.refused(source.schemes(connection), case.request, connection, refusal.reason, now)
    return explain.proven(verified.secret, connection)


def told(explanation: explain.Explanation) -> str:
    """An explanation in a line or two."""
    head = "genuine" if explanation.ok else explanation.reason or "not genuine"
    return f"{head}: {explanation.detail}" if explanation.detail else head


def main(environment: Mapping[str, str]) -> None:
    """Says it, and ends with 0 where the request is genuine, else with 1."""
    try:
        registry = Registry(one for one in discover() if one.kind == "sources")
        sources = registry.sources()
        source = sources.get(environment.get("SOURCE", ""))
        if source is None:
            raise Wrong(f"SOURCE is none of {', '.join(sorted(sources))}")
        case = read(environment)
        settings = registry.parse_settings(source.name, case.said.get("settings", {}))
        said = answer(source, case, secrets(environment, case.said), settings)
    except Invalid as error:
        sys.exit(f"triggeriq: SETTINGS: {error.field}: {error}")
    except (Wrong, TriggerIQError) as error:
        sys.exit(f"triggeriq: {error}")
    print(told(said))
    sys.exit(not said.ok)


if __name__ == "__main__":
    main(os.environ)
