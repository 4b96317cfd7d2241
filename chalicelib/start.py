"""Runs under Lambda before the first event: it loads and makes what this function needs, and no more, while
the start-up has a whole processor. A start that is kept as a snapshot loads everything."""

from __future__ import annotations

import gc
from importlib import import_module
from operator import attrgetter

from chalicelib import settings as settings_module
from chalicelib.functions import FUNCTIONS


def start() -> None:
    """Raises SettingError."""
    function = settings_module.current().function
    if settings_module.for_snapshot():
        _make_all(function)
        return
    _make(function)
    gc.freeze()  # what exists now stays: the collector need not look through it again
    gc.enable()


def _make(function: str) -> None:
    row = FUNCTIONS[function]
    if not row.use_case:
        return
    from chalicelib import bootstrap

    for module in row.modules:
        import_module(module)
    use = bootstrap.use_cases()
    attrgetter(row.use_case)(use)
    if row.queue:
        bootstrap.consumer(function)
    bootstrap.make_clients(row.clients)


def _make_all(function: str) -> None:
    from chalicelib import bootstrap
    from chalicelib.bootstrap import snapshot

    if function == "api":
        _load_routes()
    bootstrap.make_clients({client for row in FUNCTIONS.values() for client in row.clients})

    def make() -> None:
        use = bootstrap.use_cases()
        if function == "api":
            use.make_all()
        use.load_sources()
        _make(function)

    make()
    snapshot.keep_clean(make)


def _load_routes() -> None:
    from chalicelib.api import parsing
    from chalicelib.api.routes import ROUTES

    for route in ROUTES:
        import_module(f"chalicelib.api.{route.handler.partition(':')[0]}")
        for shape in filter(None, (route.query, route.body, route.answer)):
            parsing.adapter(route.area, shape)
