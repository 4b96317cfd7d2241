"""A request as somebody has saved it, in whichever form."""

from __future__ import annotations

import argparse
import base64
import re
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from triggeriq import Request
from triggeriq.testing import golden, hostile

_ANSI_C = re.compile(r"(?<!\S)\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)


def read(raw: bytes) -> Request:
    """The request that was saved, in whichever form. Raises ValueError."""
    if re.match(rb"(?:GET|HEAD|POST|PUT) ", raw):
        method, target, headers, body = golden.parsed(raw)
        return _request(method, target, headers, body)
    if raw.lstrip().startswith(b"curl "):
        return _of_curl(shlex.split(_ANSI_C.sub(_quoted, raw.decode().replace("\\\n", " "))))
    said = hostile.read(raw)
    if isinstance(said, dict) and "body_base64" in said:
        headers = {name.lower(): str(value) for name, value in said.get("headers", {}).items()}
        body = base64.b64decode(said["body_base64"], validate=True)
        return _request(said.get("method", "POST"), "", headers, body, said.get("query", {}))
    if not raw.strip():
        raise ValueError("it is empty")
    kind = (
        "application/x-www-form-urlencoded"
        if isinstance(said, list) and raw[:1] != b"["
        else "application/json"
    )
    return _request("POST", "", {"content-type": kind}, raw)


def _request(
    method: str, target: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, str] | None = None
) -> Request:
    url = target if urlsplit(target).scheme in ("http", "https") else ""
    return Request(method=method, headers=headers, body=body, url=url, query=query or golden.query_of(target))


def _quoted(written: re.Match[str]) -> str:
    """$'…', as browsers write a body that holds quotes or line ends, in the quotes that every shell knows."""
    return shlex.quote(_ESCAPE.sub(_unescaped, written[1]))


def _unescaped(escape: re.Match[str]) -> str:
    sign = escape[1]
    if sign[0] in "ux":
        return chr(int(sign[1:], 16))
    return {"n": "\n", "r": "\r", "t": "\t"}.get(sign, sign)


def _of_curl(words: list[str]) -> Request:
    """Of a command like `curl -X POST https://… -H 'Name: value' --data-raw '…'`."""
    parser = argparse.ArgumentParser(prog="curl", exit_on_error=False, add_help=False)
    parser.add_argument("-X", "--request")
    parser.add_argument("-H", "--header", action="append", default=[])
    data = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii")
    parser.add_argument(*data, action="append", default=[], dest="data")
    parser.add_argument("--url", dest="named")
    parser.add_argument("address", nargs="?")
    try:
        options, _ = parser.parse_known_args(words[1:])
    except argparse.ArgumentError as error:
        raise ValueError(f"no command of curl: {error}") from error
    pairs = (header.partition(":") for header in options.header)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if any(each.startswith("@") for each in options.data):
        raise ValueError("its body lies in another file; put that in place of @…, or capture the body alone")
    body = "&".join(options.data).encode()
    method = options.request or ("POST" if body else "GET")
    return _request(method, options.named or options.address or "", headers, body)
