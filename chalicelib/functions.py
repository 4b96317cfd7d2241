"""The Lambda functions, a row each: what the code must know of them. functions.json has what AWS and local/ must
know: memory, time-out, VPC, trigger. A test holds the two together.

Every start loads this, so it imports nothing of ours, and has no dataclass.
"""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    """What one function needs. Its name is the row's key, and the value of TRIGGERIQ_FUNCTION."""

    modules: tuple[str, ...] = ()
    """The modules that answer its events, loaded at its start."""
    use_case: str = ""
    """The use-case that its start makes, as `area.name` of UseCases. "" makes none: most routes of `api` need
    little and load it themselves, and `migrate` runs once."""
    clients: tuple[str, ...] = ()
    """The clients of AWS that an ordinary event needs, made at its start. A client that only a failure needs
    is made when that happens."""
    queue: str = ""
    """The queue that it consumes, by its short name."""
    http: bool = False
    """Whether it answers over HTTP. Somebody waits for the answer then, so a database that is down is
    reported at once."""


_SOURCES = ("chalicelib.registry.claim", "chalicelib.registry.guarded", "triggeriq.payload")
"""What every source needs. The source itself is loaded by the first event that names it."""
_HTTP = ("chalicelib.api.intake.webhooks", "chalicelib.api.parsing", *_SOURCES)
_PULL = ("chalicelib.api.delivery.inbox", "chalicelib.api.delivery.shapes", "chalicelib.api.parsing")
_SQS, _S3, _SCHEDULE = ((f"chalicelib.handlers.{name}",) for name in ("sqs", "s3", "schedule"))

FUNCTIONS = {
    "receive": Function(_HTTP, "intake.receive", ("dynamodb", "kms", "events"), http=True),
    "pull": Function(_PULL, "delivery.read_inbox", ("dynamodb",), http=True),
    "api": Function(http=True),
    "ingest": Function((*_SQS, *_SOURCES), "intake.ingest", ("dynamodb", "kms", "s3", "sqs"), queue="ingest"),
    "uploads": Function((*_S3, *_SOURCES), "intake.register_upload", ("dynamodb", "events", "sqs")),
    "files": Function((*_SQS, *_SOURCES), "intake.read_file", ("dynamodb", "kms", "s3", "sqs"), queue="files"),
    "process": Function(_SQS, "tickets.process", ("events",), queue="feedback"),
    "relay": Function(_SCHEDULE, "tickets.relay", ("events",)),
    "deliver": Function(_SQS, "delivery.deliver", ("dynamodb", "kms", "sqs"), queue="delivery"),
    "deliver_due": Function(_SCHEDULE, "delivery.deliver_due", ("dynamodb", "sqs")),
    "sweep": Function(_SCHEDULE, "intake.sweep", ("dynamodb", "s3", "sqs")),
    "poll": Function((*_SCHEDULE, *_SOURCES), "intake.poll", ("dynamodb", "kms", "events")),
    "jobs": Function(_SQS, "operations.run_job", ("dynamodb", "sqs"), queue="jobs"),
    "migrate": Function(),
}  # fmt: skip

QUEUES = tuple(row.queue for row in FUNCTIONS.values() if row.queue)
"""Every queue by its short name; the dead letters of one lie on `<name>-dlq`."""
