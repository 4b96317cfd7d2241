"""The Chalice app: Chalice keeps the table of routes and packages it; the router (routing.py) answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Chalice

from chalicelib import settings
from chalicelib.api.routes import ACCESS, OPEN, PUBLIC, RESTRICTED, ROUTES, WEBHOOK, Route
from chalicelib.api.routing import Router
from chalicelib.settings import Settings


def _use_cases() -> Any:
    from chalicelib import bootstrap

    return bootstrap.use_cases()


def _log() -> logging.Logger:
    from chalicelib import bootstrap

    bootstrap.configure_log()
    return logging.getLogger("chalicelib.api")


class App(Chalice):
    """settings, use_cases, log: give what the routes need; tests pass their own. None of them is called
    before the first request."""

    def __init__(
        self,
        name: str,
        settings: Callable[[], Settings] = settings.current,
        use_cases: Callable[[], Any] = _use_cases,
        log: Callable[[], logging.Logger] = _log,
        routes: Iterable[Route] = ROUTES,
    ) -> None:
        # Else Chalice would write its own name into the process's environment, and log in a format of its
        # own.
        super().__init__(name, configure_logs=False, env={})
        self._router = Router(settings, use_cases, log)
        for route in routes:
            self._add(route)

    def route(self, path: str, **kwargs: Any) -> Any:
        """Refused: a route that declares no access must not start."""
        raise TypeError(f"{path} declares no access rule; give it a row in chalicelib/api/routes.py")

    def _add(self, route: Route) -> None:
        if route.access not in ACCESS:
            raise ValueError(
                f"{route.method} {route.path} declares no access rule, which is one of {', '.join(ACCESS)}"
            )
        # A route that asks for no key can't know whether its caller is restricted.
        wanted = (PUBLIC,) if route.access in (OPEN, WEBHOOK) else RESTRICTED
        if route.restricted not in wanted:
            raise ValueError(
                f"{route.method} {route.path} does not declare what a restricted caller gets, which is one "
                f"of {', '.join(wanted)}"
            )

        def view(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            return self._router.answer(route, event, context)

        view.__doc__ = route.summary  # Chalice exports it
        super().route(route.path, methods=[route.method], name=f"{route.method} {route.path}")(view)

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one event of API Gateway (payload 1.0).

        Chalice's own request handling is not used: its 405, 415 and 500 are no problem+json, it checks
        content types that only the source can judge, and it stores the request on the app, which threads
        share.
        """
        request = event.get("requestContext") or {}
        path, method = request.get("resourcePath"), request.get("httpMethod")
        if path is None or method is None:
            raise ValueError("this is no event of API Gateway with payload format 1.0")
        rows = self.routes.get(path, {})
        if method in rows:
            answer: dict[str, Any] = rows[method].view_function(event, context)
            return answer
        return self._router.unrouted(event, list(rows))
