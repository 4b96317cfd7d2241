"""Under Lambda, before the first event: what the function at hand needs is loaded and made while the start-up
has a whole processor, and no more than that; all of it where the start is kept as a snapshot."""

from __future__ import annotations

import gc
from importlib import import_module
from operator import attrgetter
from typing import NamedTuple

from chalicelib import settings as settings_module

LAZY = ("api", "migrate")
"""Functions that make nothing beforehand: most routes need little, and each loads its own; the other runs
once."""
CLIENTS = ("dynamodb", "events", "kms", "s3", "sqs")
HTTP = ("chalicelib.api.intake.webhooks", "chalicelib.api.parsing")
SQS, S3, SCHEDULE = ((f"chalicelib.handlers.{name}",) for name in ("sqs", "s3", "schedule"))


class Needs(NamedTuple):
    """modules: what answers the event. use_case: of UseCases. clients: of AWS, those that an ordinary event
    asks; one that only a failure asks is made when it does. queue: whose records come. settings: whether
    sources are asked for more than to verify and name an event."""

    modules: tuple[str, ...]
    use_case: str
    clients: tuple[str, ...]
    queue: str = ""
    settings: bool = False


NEEDS = {
    "receive": Needs(HTTP, "intake.receive", ("dynamodb", "kms", "events")),
    "ingest": Needs(SQS, "intake.ingest", ("dynamodb", "kms", "s3", "sqs"), "ingest", settings=True),
    "uploads": Needs(S3, "intake.register_upload", ("dynamodb", "events", "sqs")),
    "files": Needs(SQS, "intake.read_file", ("dynamodb", "kms", "s3", "sqs"), "files", settings=True),
    "process": Needs(SQS, "tickets.process", ("events",), "feedback"),
    "relay": Needs(SCHEDULE, "tickets.relay", ("events",)),
    "sweep": Needs(SCHEDULE, "intake.sweep", ("dynamodb", "s3")),
    "jobs": Needs(SQS, "operations.run_job", ("dynamodb", "sqs"), "jobs"),
}


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

    needs = NEEDS[function]
    for module in needs.modules:
        import_module(module)
    use = bootstrap.use_cases()
    attrgetter(needs.use_case)(use)
    if needs.queue:
        bootstrap.consumer(needs.queue)
    if needs.settings:
        use.load_settings()
    bootstrap.make_clients(needs.clients)


def _make_all(function: str) -> None:
    from chalicelib import bootstrap
    from chalicelib.bootstrap import snapshot

    if function == "api":
        _load_routes()
    bootstrap.make_clients(CLIENTS)

    def make() -> None:
        if function == "api":
            bootstrap.use_cases().make_all()
        elif function in NEEDS:
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
