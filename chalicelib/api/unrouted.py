"""The answer to a request that no row of the table takes."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.api.exchange import Answer
from chalicelib.api.problems import problem

_PREFLIGHT = {"origin", "access-control-request-method"}
"""The headers by which a browser's preflight is known (https://fetch.spec.whatwg.org/#cors-preflight-fetch)."""


def answer_to_unrouted(
    method: str, headers: Mapping[str, str], allowed: list[str], request_id: str
) -> Answer:
    """headers: names in lower case. allowed: the methods that the path takes; empty where there is no such
    path."""
    if not allowed:
        return problem(404, "GET /docs lists the addresses that there are", request_id)
    methods = ", ".join(allowed)
    if method == "OPTIONS" and headers.keys() >= _PREFLIGHT:  # in AWS the gateway answers it
        preflight = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, If-None-Match, X-Api-Key",
            "Access-Control-Max-Age": "600",
        }
        return Answer(None, 204, preflight)
    return problem(405, f"send {' or '.join(allowed)}", request_id, {"Allow": methods})
