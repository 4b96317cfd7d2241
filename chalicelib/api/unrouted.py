"""The answer to a request that no row of the table takes, and to a browser's preflight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.api.exchange import Answer
from chalicelib.api.problems import problem

_PREFLIGHT = {"origin", "access-control-request-method"}
_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Api-Key"


def answer_to_unrouted(
    method: str, headers: Mapping[str, str], allowed: list[str], request_id: str
) -> Answer:
    """headers: names in lower case. allowed: the methods that the path takes; empty where there is no such
    path."""
    if not allowed:
        return problem(404, "GET /docs lists the addresses that there are", request_id)
    if method == "OPTIONS" and is_preflight(headers):
        return preflight(allowed)
    return problem(405, f"send {' or '.join(allowed)}", request_id, {"Allow": ", ".join(allowed)})


def is_preflight(headers: Mapping[str, str]) -> bool:
    """Whether an OPTIONS has the headers by which a browser's preflight is known
    (https://fetch.spec.whatwg.org/#cors-preflight-fetch). In AWS the gateway answers those."""
    return headers.keys() >= _PREFLIGHT


def preflight(allowed: Sequence[str]) -> Answer:
    """What a browser is told before it calls. allowed: the methods that the path takes."""
    methods = ", ".join(method for method in allowed if method != "OPTIONS")
    told = {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": "600",
    }
    return Answer(None, 204, told)
