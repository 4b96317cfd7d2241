"""Under Lambda, before the first event: what the function at hand needs is loaded and made while the start-up
has a whole processor, and no more than that; all of it where the start is kept as a snapshot."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from chalicelib import settings as settings_module

if TYPE_CHECKING:
    from collections.abc import Callable

LAZY = ("api", "migrate")
"""Functions that make nothing beforehand: most routes need little, and each loads its own; the other runs
once."""
CLIENTS = ("dynamodb", "events", "kms", "s3", "sqs")


class Needs(NamedTuple):
    """module: what answers the event. make: the use-cases. clients: of AWS, those that an ordinary event
    asks; one that only a failure asks is made when it does."""

    module: str
    make: Callable[[], object]
    clients: tuple[str, ...]


def start() -> None:
    """Raises SettingError."""
    function = settings_module.current().function
    if settings_module.for_snapshot():
        _make_all(function)
        return
    if function not in LAZY:
        _make(function)
    gc.freeze()  # what stands now stays: no need to look through it again
    gc.enable()


def _make(function: str) -> None:
    from chalicelib import bootstrap

    use = bootstrap.use_cases()
    sqs, s3, schedule = (f"chalicelib.handlers.{name}" for name in ("sqs", "s3", "schedule"))
    needs = {
        "receive": Needs("chalicelib.api.webhooks", lambda: use.receive, ("dynamodb", "kms", "events")),
        "ingest": Needs(
            sqs, lambda: (use.ingest, bootstrap.consumer("ingest")), ("dynamodb", "kms", "s3", "sqs")
        ),
        "uploads": Needs(s3, lambda: use.register, ("dynamodb", "events", "sqs")),
        "files": Needs(
            sqs, lambda: (use.read_file, bootstrap.consumer("files")), ("dynamodb", "kms", "s3", "sqs")
        ),
        "process": Needs(sqs, lambda: (use.process, bootstrap.consumer("feedback")), ("events",)),
        "relay": Needs(schedule, lambda: use.relaying, ("events",)),
        "sweep": Needs(schedule, lambda: use.sweep, ("dynamodb", "s3")),
        "api": Needs("chalicelib.api.parsing", use.make_all, ()),
        "migrate": Needs("chalicelib.handlers.deploy", lambda: None, ()),
    }[function]
    import_module(needs.module)
    needs.make()
    bootstrap.make_clients(needs.clients)


def _make_all(function: str) -> None:
    from chalicelib import bootstrap
    from chalicelib.bootstrap import snapshot

    _make(function)
    bootstrap.make_clients(CLIENTS)
    if function in ("api", "receive"):
        _load_routes()
    snapshot.keep_clean(lambda: _make(function))


def _load_routes() -> None:
    from chalicelib.api import parsing
    from chalicelib.api.routes import ROUTES

    for route in ROUTES:
        import_module(f"chalicelib.api.{route.handler.partition(':')[0]}")
        for shape in filter(None, (route.query, route.body, route.answer)):
            parsing.adapter(shape)
