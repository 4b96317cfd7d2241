"""Rows of real providers, as docs/verification.md has them, and what each of them has published."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triggeriq import Request, Scheme

ROOT = Path(__file__).parents[3]
_VECTORS = ROOT / "tests" / "data" / "signatures" / "vectors.jsonl"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://api.example.com/webhooks/acme/shop?a=1"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def _rows() -> dict[str, Scheme]:
    page = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from triggeriq import Scheme\n.*?)```", page, re.DOTALL)
    said: dict[str, Any] = {}
    exec(code, said)
    return {name: row for name, row in said.items() if isinstance(row, Scheme)}


PROVIDERS: Mapping[str, Scheme] = _rows()
TOKEN = Scheme(kind="token", header="authorization", prefix="Bearer ")
TOKEN_IN_JSON = Scheme(kind="token", header="token", place="json")
TOKEN_IN_FORM = Scheme(kind="token", header="token", place="form")
BASIC = Scheme(kind="basic", header="authorization")
ROWS: Mapping[str, Scheme] = {
    **PROVIDERS,
    "TOKEN": TOKEN,
    "TOKEN_IN_JSON": TOKEN_IN_JSON,
    "TOKEN_IN_FORM": TOKEN_IN_FORM,
    "BASIC": BASIC,
}


def secret_of(scheme: Scheme) -> str:
    """One of the form that the row needs."""
    return {
        "whsec": WHSEC,
        "base64": base64.b64encode(b"a secret of the tests").decode(),
        "hex": b"a secret of the tests".hex(),
        "text": "user:key",
    }[scheme.key_form]


def unsigned(scheme: Scheme) -> Request:
    """What the row can sign: JSON, or a form."""
    if scheme.place == "form" or b"{form}" in scheme.pieces():
        return Request(headers=FORM, body=b"b=hello+you&a=%C3%BC", url=URL)
    return Request(headers={"content-type": "application/json"}, body=b'{"text": "hello"}', url=URL)


@dataclass(frozen=True, slots=True)
class Vector:
    """A signature that a provider published, or that its library or its recipe gave."""

    name: str
    scheme: Scheme
    secret: str
    request: Request
    now: datetime


def _vector(said: Mapping[str, Any]) -> Vector:
    headers = {name.lower(): value for name, value in said["headers"].items()}
    request = Request(headers=headers, body=said["body"].encode(), url=said.get("url", ""))
    now = datetime.fromisoformat(said["now"]) if "now" in said else datetime(2026, 1, 2, tzinfo=UTC)
    return Vector(said["scheme"], PROVIDERS[said["scheme"]], said["secret"], request, now)


VECTORS = [_vector(json.loads(line)) for line in _VECTORS.read_text(encoding="utf-8").splitlines()]
