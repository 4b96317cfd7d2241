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
        self._rows: dict[str, dict[str, Route]] = {}
        self._untold: list[Route] = []
        self._told: Any = None
        # Else Chalice would write its own name into the process's environment, and log in a format of its
        # own.
        super().__init__(name, configure_logs=False, env={})
        self._router = Router(settings, use_cases, log)
        for route in routes:
            _check(route)
            self._rows.setdefault(route.path, {})[route.method] = route
            self._untold.append(route)

    def route(self, path: str, **kwargs: Any) -> Any:
        """Refused: a route that declares no access must not start."""
        raise TypeError(f"{path} declares no access rule; give it a row in chalicelib/api/routes.py")

    @property
    def routes(self) -> Any:
        """The routes as Chalice packages them, and serves them on a developer's machine. It is told of them
        when it asks: a start under Lambda, which has no use for that, need not wait for it."""
        while self._untold:
            route = self._untold.pop(0)
            name = f"{route.method} {route.path}"
            super().route(route.path, methods=[route.method], name=name)(self._view(route))
        return self._told

    @routes.setter
    def routes(self, told: Any) -> None:
        self._told = told

    def _view(self, route: Route) -> Callable[..., dict[str, Any]]:
        def view(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            return self._router.answer(route, event, context)

        view.__doc__ = route.summary  # Chalice exports it
        return view

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
        rows = self._rows.get(path, {})
        if method in rows:
            return self._router.answer(rows[method], event, context)
        return self._router.unrouted(event, list(rows))


def _check(route: Route) -> None:
    """Raises ValueError where a route does not say who may call it, and what a restricted caller gets."""
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
