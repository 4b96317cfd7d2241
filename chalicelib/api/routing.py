"""From a gateway's event to a handler and back: what is the same for every route."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalicelib.api.exchange import JSON_TYPE, Answer, Call
from chalicelib.api.routes import OPEN, PUBLIC, REFUSED, WEBHOOK, Route
from chalicelib.log_context import bound

if TYPE_CHECKING:
    import logging

    from chalicelib.settings import Settings

UNMEASURED_CHARACTERS = 400_000
"""A body of so many characters fits into Lambda's answer of 6 MB, whatever they are: none takes more than 12
bytes there. Only a longer body has to be measured."""


class Router:
    """Answers every request that reaches the app. What a handler raises becomes an answer too, and never
    leaves the router.

    settings, use_cases, log: called on the first request that needs them, never before.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        use_cases: Callable[[], Any],
        log: Callable[[], logging.Logger],
    ) -> None:
        self._settings = settings
        self._use_cases = use_cases
        self._log = log

    def answer(self, route: Route, event: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
        """What a row of the table answers to an event of API Gateway (payload 1.0). context: Lambda's, of
        this invocation; None where there is none."""
        call = Call(route, event, self._settings, self._use_cases, context)
        request_id = _request_id(event)
        with bound(request_id=request_id):
            try:
                if route.idempotent and "idempotency-key" in call.headers:
                    from chalicelib.api.idempotency import once

                    return self._sent(call, request_id, once(call, lambda: self._settled(call, request_id)))
                return self._sent(call, request_id, _handled(call))
            except Exception as error:
                return self._sent(call, request_id, self._problem(error, call, request_id))
            finally:
                call.finish()

    def _settled(self, call: Call, request_id: str) -> Answer:
        """The answer as it is sent, with its status; what the handler raises is one too."""
        try:
            answer = _handled(call)
            value = None if answer.value is None else _body(call.route, answer.value)
        except Exception as error:
            answer = self._problem(error, call, request_id)
            value = _body(call.route, answer.value)
        return answer._replace(value=value, status=answer.status or call.route.status)

    def unrouted(self, event: Mapping[str, Any], methods: list[str]) -> dict[str, Any]:
        """What is answered to a request that fits no row. methods: those that its path takes, if any."""
        from chalicelib.api.unrouted import answer_to_unrouted

        route = Route(event["requestContext"]["httpMethod"], "", "", OPEN, PUBLIC, "", "")
        request_id = _request_id(event)
        call = Call(route, event, self._settings, self._use_cases)
        return self._sent(
            call, request_id, answer_to_unrouted(route.method, call.headers, methods, request_id)
        )

    def _problem(self, error: Exception, call: Call, request_id: str) -> Answer:
        from chalicelib.api.problems import problem_of
        from chalicelib.errors import status_of

        if status_of(error) >= 500:
            route = f"{call.route.method} {call.route.path}"
            self._log().error("a request failed", extra={"route": route}, exc_info=error)
        return problem_of(error, call, request_id)

    def _sent(self, call: Call, request_id: str, answer: Answer) -> dict[str, Any]:
        route = call.route
        value = answer.value
        headers = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": request_id,
            **answer.headers,
        }
        if value is not None:
            headers["Content-Type"] = answer.content_type
        origin = call.headers.get("origin")
        if origin:
            headers.update(_cors(origin, call.settings.cors_origins))
        return {
            "statusCode": answer.status or route.status,
            "headers": headers,
            "multiValueHeaders": {},
            "body": _body(route, value),
        }


def _handled(call: Call) -> Answer:
    """Every check of a route in its order, then its handler."""
    route = call.route
    wanted: dict[str, Any] = {}
    if call.raw_path:
        from chalicelib.api.parsing import path_parameters

        wanted.update(path_parameters(call.raw_path))
    if route.access not in (OPEN, WEBHOOK):
        call.caller.require(route.access)  # type: ignore[arg-type]  # checked when the app started
        if route.restricted == REFUSED:
            call.caller.require_unrestricted()
    if route.access != WEBHOOK:
        wanted.update(_shapes(call))
    module, _, function = route.handler.partition(":")
    handler = getattr(import_module(f"chalicelib.api.{module}"), function)
    if hasattr(wanted.get("query"), "limit"):
        return _page(route, handler, call, **wanted)
    answer = handler(call, **wanted)
    return answer if isinstance(answer, Answer) else Answer(answer)


def _page(route: Route, handler: Callable[..., Any], call: Call, query: Any, **wanted: Any) -> Answer:
    """A list, with as many items as were asked for. If Lambda can't answer with so many, the list is made
    again with half as many, unless its handler gave an Answer: then it saw to that itself."""
    made = handler(call, query=query, **wanted)
    if isinstance(made, Answer):
        return made
    body = _body(route, made)
    if len(body) <= UNMEASURED_CHARACTERS or query.limit == 1:
        return Answer(body)
    from chalicelib.domain.page import ANSWER_BYTES, bytes_in_answer

    if bytes_in_answer(body) <= ANSWER_BYTES:
        return Answer(body)
    return _page(route, handler, call, query.model_copy(update={"limit": query.limit // 2}), **wanted)


def _body(route: Route, value: Any) -> str:
    """The text that is sent for a handler's answer."""
    if value is None or route.method == "HEAD":
        return ""
    if isinstance(value, str):
        body = value
    elif isinstance(value, dict):
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    else:
        from chalicelib.api.parsing import adapter

        shape = adapter(route.area, route.answer)
        body = shape.dump_json(shape.validate_python(value, from_attributes=True), by_alias=True).decode()
    return body.encode("utf-8", "replace").decode()  # a plugin's text may hold half a surrogate pair


def _shapes(call: Call) -> dict[str, Any]:
    """The query and the body in the shapes that the handler takes.

    An open route that is called without parameters gets no query, so that /health need not load pydantic.
    """
    route = call.route
    shapes = {}
    if call.query or (route.query and route.access != OPEN):
        from chalicelib.api.parsing import query_as

        query = query_as(route, call.query)
        if route.query:
            shapes["query"] = query
    if route.body and not route.reads:
        from chalicelib.api.parsing import body_as

        shapes["body"] = body_as(route, call.body(), call.headers.get("content-type", JSON_TYPE))
    return shapes


def _cors(origin: str, allowed: tuple[str, ...]) -> dict[str, str]:
    if "*" not in allowed and origin not in allowed:
        return {}
    return {
        "Access-Control-Allow-Origin": "*" if "*" in allowed else origin,
        "Access-Control-Expose-Headers": (
            "ETag, Idempotent-Replayed, Location, Retry-After, X-Request-Id, X-TriggerIQ-Wait"
        ),
        "Vary": "Origin",
    }


def _request_id(event: Mapping[str, Any]) -> str:
    """The gateway's id of the request, or a new one where there is none, as from a test client."""
    return event["requestContext"].get("requestId") or os.urandom(16).hex()
