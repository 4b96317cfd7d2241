"""The answer to a request that no row of the table takes."""

from __future__ import annotations

from chalicelib.api.exchange import Answer
from chalicelib.api.problems import problem


def answer_to_unrouted(method: str, allowed: list[str], request_id: str) -> Answer:
    """allowed: the methods that the path takes; empty where there is no such path."""
    if not allowed:
        return problem(404, "GET /docs lists the addresses that there are", request_id)
    methods = ", ".join(allowed)
    if method == "OPTIONS":  # a browser's preflight; in AWS the gateway answers it
        preflight = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, If-None-Match, X-Api-Key",
            "Access-Control-Max-Age": "600",
        }
        return Answer(None, 204, preflight)
    return problem(405, f"send {' or '.join(allowed)}", request_id, {"Allow": methods})
