"""The sender's side of `verification`: for tests, demonstrations and senders that you write yourself."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from triggeriq.evidence import form_signed
from triggeriq.scheme import Scheme, encoded
from triggeriq.values import Request


def sign(
    scheme: Scheme,
    secret: str,
    body: bytes,
    now: datetime,
    message_id: str = "msg_1",
    *,
    method: str = "POST",
    url: str = "",
) -> dict[str, str]:
    """The headers, names in lower case, with which `scheme` proves `body`; where it looks into the body, the
    values there by their paths or fields. method, url: where it signs them. Raises ValueError for a
    secret that is not of the scheme's form.
    """
    if scheme.kind == "secret_name":
        return {}
    header = _named(scheme, scheme.header)
    key = replace(scheme, refused_secrets=()).key_of(secret)  # a sender may well take the published one
    if not key:
        raise ValueError(scheme.fault_of(secret))
    if scheme.kind == "token":
        return {header: scheme.prefix + secret}
    if scheme.kind == "basic":
        return {header: (scheme.prefix or "Basic ") + base64.b64encode(secret.encode()).decode()}
    timestamp = _timestamp(scheme, now)
    found = {
        b"{body}": body,
        b"{timestamp}": timestamp.encode(),
        b"{id}": message_id.encode(),
        b"{method}": method.encode(),
        b"{url}": url.encode(),
    }
    if b"{form}" in scheme.pieces():
        found[b"{form}"] = form_signed(body) or b""
    digest = hmac.digest(
        key, b"".join(found.get(piece, piece) for piece in scheme.pieces()), scheme.algorithm
    )
    values = {header: scheme.prefix + encoded(scheme.encoding, digest)}
    if scheme.id_header:
        values[_named(scheme, scheme.id_header)] = message_id
    if scheme.timestamp_header.lower() == scheme.header.lower():
        values[header] = f"{scheme.timestamp_prefix}{timestamp}{scheme.separator}{values[header]}"
    elif scheme.timestamp_header:
        values[_named(scheme, scheme.timestamp_header)] = scheme.timestamp_prefix + timestamp
    return values


def signed(
    scheme: Scheme, secret: str, request: Request, now: datetime, message_id: str = "msg_1"
) -> Request:
    """The request with its proof, wherever that stands: of a body in JSON or of a form, the proof becomes a
    part. Raises ValueError as `sign` does, and for a body that is no JSON object where it must be one."""
    values = sign(scheme, secret, request.body, now, message_id, method=request.method, url=request.url)
    if scheme.place == "headers":
        return replace(request, headers={**request.headers, **values})
    if scheme.place == "form":
        return replace(request, body=b"&".join(filter(None, (urlencode(values).encode(), request.body))))
    document = json.loads(request.body or b"{}")
    if not isinstance(document, dict):
        raise ValueError("the proof stands in a JSON object, and the body is none")
    for path, value in values.items():
        inner = document
        *outer, last = path.split(".")
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return replace(request, body=json.dumps(document, ensure_ascii=False).encode())


def _named(scheme: Scheme, name: str) -> str:
    return name.lower() if scheme.place == "headers" else name


def _timestamp(scheme: Scheme, now: datetime) -> str:
    if scheme.timestamp_form == "iso8601":
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(now.timestamp() * (1000 if scheme.timestamp_form == "epoch_ms" else 1)))
