"""Errors as application/problem+json (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.api.exchange import PROBLEM_TYPE, Answer
from chalicelib.api.routes import WEBHOOK
from chalicelib.errors import Reused, Unauthorised, Unavailable, UnderWay, WrongMethod, status_of

if TYPE_CHECKING:
    from chalicelib.api.exchange import Call

TYPES = {
    400: ("invalid", "The request is not valid"),
    401: ("unauthorised", "Who is asking is not proven"),
    403: ("forbidden", "Not allowed"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "The method is not for this address"),
    409: ("conflict", "It can't be done as things stand"),
    412: ("stale", "It has changed since it was read"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The content type is not taken here"),
    422: ("not-understood", "The content can't be read"),
    500: ("internal", "A defect on our side"),
    503: ("unavailable", "Something that is needed is down"),
}
"""Status → (last part of `type`, `title`). Neither may change once it is released: clients branch on them."""
REUSED = ("key-reused", "The Idempotency-Key was used for another request")
"""The same for an error whose status says too little of it."""

_HINTS = {
    "missing": "send an API key in the header X-Api-Key",
    "malformed": "an API key has the form tiq_<id>_<secret>",
    "stale": "the key has expired; ask an admin for a new one",
    "mismatch": "the key is unknown, wrong or revoked; ask an admin for a new one",
}
_BEARER_HINT = "tokens (Authorization: Bearer) are not taken yet; " + _HINTS["missing"]
_WEBHOOK_HINT = "the proof of who sends it is not accepted"


def problem(
    status: int,
    detail: str,
    request_id: str,
    headers: dict[str, str] | None = None,
    kind: tuple[str, str] | None = None,
    **more: Any,
) -> Answer:
    """An answer that says what went wrong and what to do. kind: the last part of its type, and its title,
    where they are not those of its status. more: further members."""
    slug, title = kind or TYPES[status]
    value = {
        "type": f"urn:triggeriq:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        **more,
    }
    return Answer(value, status, headers or {}, PROBLEM_TYPE)


def problem_of(error: Exception, call: Call, request_id: str) -> Answer:
    """What a sender gets for an error; one that errors.STATUS does not know is a defect of ours."""
    status = status_of(error)
    if status == 500:
        detail = "it is logged under the request_id; tell us that, or try again later"
        return problem(status, detail, request_id)
    if isinstance(error, Unauthorised):
        return _unauthorised(error, call, request_id)
    if isinstance(error, Unavailable):
        detail = f"{error.dependency} can't be reached; send the request again in a few seconds"
        return problem(status, detail, request_id, {"Retry-After": "5"})
    if isinstance(error, Reused):
        return problem(status, str(error), request_id, kind=REUSED)
    headers = {}
    if isinstance(error, WrongMethod):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, UnderWay):
        headers["Retry-After"] = str(error.seconds)
    more = {name: value for name in ("field", "errors", "kept") if (value := getattr(error, name, None))}
    return problem(status, str(error), request_id, headers, **more)


def _unauthorised(error: Unauthorised, call: Call, request_id: str) -> Answer:
    webhook = call.route.access == WEBHOOK
    # A plugin's own reason may tell a stranger too much
    reason = error.reason if error.reason in _HINTS else "mismatch"
    hint = error.detail or (_WEBHOOK_HINT if webhook else _HINTS[reason])
    if (
        not webhook
        and reason == "missing"
        and call.headers.get("authorization", "").lower().startswith("bearer ")
    ):
        hint = _BEARER_HINT
    scheme = "Signature" if webhook else "ApiKey"
    challenge = {"WWW-Authenticate": f'{scheme} realm="triggeriq", error="{reason}"'}
    return problem(401, f"{reason}: {hint}", request_id, challenge, reason=reason)
