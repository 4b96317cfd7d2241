"""A request that may be sent again without being done again: the header Idempotency-Key.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.routes import REFUSED
from chalicelib.errors import Invalid, Unavailable, loggable
from chalicelib.ports.idempotency import RememberedAnswer

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
"""The header of an answer that was given before."""
UNDER_WAY = timedelta(seconds=30)
"""How long a request may be under way: the gateway gives up then, and the function's time-out is shorter."""

_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')
"""As the draft has it: a String of RFC 9651."""
_BARE = re.compile(r"[!#-+\--~]{1,255}")
"""As many clients send it: without quotation marks, blanks and commas."""


def once(call: Call, work: Callable[[], Answer]) -> Answer:
    """What `work` answers, or what it answered when the same request came before. work: gives an answer whose
    value is the text to be sent, or None, and whose status is set; it raises nothing.

    Raises Invalid for a key that is none, Reused where it came with another request, UnderWay while the first
    one is not answered, and what the caller's access brings. What failed on our side is not remembered.
    """
    call.caller.require(call.route.access)  # type: ignore[arg-type]  # checked when the app started
    if call.route.restricted == REFUSED:
        call.caller.require_unrestricted()
    key = _key(call.headers[HEADER.lower()].strip())
    name = json.dumps([call.caller.owner, call.route.name, key], ensure_ascii=False)
    fingerprint = _fingerprint(call)
    call.repeats = f"{name}\n{fingerprint}"
    holder = uuid.uuid4().hex
    answers = call.use.operations.idempotency
    before = answers.begin(name, fingerprint, holder, call.use.now() + UNDER_WAY)
    if before is not None:
        return Answer(before.body, before.status, {**before.headers, REPLAYED: "true"}, before.content_type)
    answer = work()
    try:
        if answer.status >= 500:
            answers.forget(name, holder)
        else:
            kept = RememberedAnswer(answer.status, answer.value, answer.headers, answer.content_type)
            answers.finish(name, holder, kept)
    except Unavailable as error:  # what was done is done; a repeat is told that it is under way, then does it
        log.warning("an answer is not remembered", extra={"error": loggable(error)})
    return answer


def _key(header: str) -> str:
    quoted = _QUOTED.fullmatch(header)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if not _BARE.fullmatch(header):
        raise Invalid(
            f"{HEADER}: is 1 to 255 characters in quotation marks, such as a UUID, new for each request",
            HEADER,
        )
    return header


def _fingerprint(call: Call) -> str:
    """What is the same for each repeat of a request, and for no other."""
    said = {name: value for name, value in call.headers.items() if name.startswith("ce-")}
    within = call.caller.restriction
    parts = [
        call.route.method,
        call.route.path,
        sorted(call.raw_path.items()),
        sorted(call.query.items()),
        call.headers.get("content-type", ""),
        sorted(said.items()),
        sorted(within.patterns) if within else None,
        hashlib.sha256(call.body()).hexdigest(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
