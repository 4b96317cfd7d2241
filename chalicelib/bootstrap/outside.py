"""The outside world: every service, with the names of its resources, made on first use.

Services are imported where they are made, so that a function loads only what it needs: `receive` loads no
PostgreSQL, the health path nothing at all.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.once import once
from chalicelib.functions import FUNCTIONS
from chalicelib.settings import Settings, trace_header

if TYPE_CHECKING:
    from chalicelib.domain.trace import Trace
    from chalicelib.registry import Registry
    from chalicelib.services.credentials import AwsCredentials
    from chalicelib.services.dynamodb.api_keys import DynamoApiKeys
    from chalicelib.services.dynamodb.claims import DynamoClaims
    from chalicelib.services.dynamodb.connections import DynamoConnections
    from chalicelib.services.dynamodb.deliveries import DynamoDeliveries
    from chalicelib.services.dynamodb.endpoints import DynamoEndpoints
    from chalicelib.services.dynamodb.event_log import DynamoEventLog
    from chalicelib.services.dynamodb.idempotency import DynamoIdempotency
    from chalicelib.services.dynamodb.imports import DynamoImports
    from chalicelib.services.dynamodb.inbox_items import DynamoInboxItems
    from chalicelib.services.dynamodb.jobs import DynamoJobs
    from chalicelib.services.dynamodb.marks import DynamoMarks
    from chalicelib.services.dynamodb.polls import DynamoPolls
    from chalicelib.services.dynamodb.quarantine import DynamoQuarantine
    from chalicelib.services.dynamodb.receipts import DynamoReceipts
    from chalicelib.services.dynamodb.subscriptions import DynamoSubscriptions
    from chalicelib.services.dynamodb.waiting_readers import DynamoWaitingReaders
    from chalicelib.services.emf import EmfMetrics
    from chalicelib.services.eventbridge import EventBridgeBus
    from chalicelib.services.https.client import HttpsClient
    from chalicelib.services.postgres.configurations import PostgresConfigurations
    from chalicelib.services.postgres.connection import Database
    from chalicelib.services.postgres.outbox import PostgresOutbox
    from chalicelib.services.postgres.ticket_index import PostgresTicketIndex
    from chalicelib.services.postgres.ticket_reader import PostgresTicketReader
    from chalicelib.services.postgres.tickets import PostgresTickets
    from chalicelib.services.s3 import S3Blobs
    from chalicelib.services.sqs import SqsQueue

LOCAL_CONNECTIONS = 8
"""Connections to the database on a developer's machine, where requests are answered in threads."""


def now() -> datetime:
    return datetime.now(UTC)


def trace() -> Trace:
    """The trace of this invocation; a new one where X-Ray gives none, as on a developer's machine."""
    from chalicelib.domain.trace import from_xray, new_trace

    return from_xray(trace_header()) or new_trace()


def trace_id() -> str:
    """X-Ray's trace id of this invocation; "" where there is none."""
    from chalicelib.domain.trace import from_xray

    found = from_xray(trace_header())
    return found.xray_id if found else ""


class Outside:
    """The services, each made on first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._function = FUNCTIONS[settings.function]
        self._queues: dict[str, SqsQueue] = {}

    def named(self, name: str) -> str:
        return f"triggeriq-{self.settings.stage}-{name}"

    def client(self, service: str) -> Any:
        from chalicelib.services.aws import client

        return client(service)

    def queue(self, name: str) -> SqsQueue:
        """A queue by its short name, such as "ingest"; "ingest-dlq" is its dead-letter queue."""
        from chalicelib.services.sqs import SqsQueue

        return self._queues.setdefault(name, SqsQueue(self.client("sqs"), self.named(name)))

    @once
    def metrics(self) -> EmfMetrics:
        from chalicelib.services.emf import EmfMetrics

        return EmfMetrics(
            self.settings.stage, self.settings.function, told_apart=self._subscriptions_told_apart
        )

    def _subscriptions_told_apart(self) -> frozenset[str]:
        from chalicelib.domain.delivery.told_apart import told_apart

        return told_apart(self.subscriptions.all())

    @once
    def bus(self) -> EventBridgeBus:
        from chalicelib.services.eventbridge import EventBridgeBus

        return EventBridgeBus(self.client("events"), f"triggeriq-{self.settings.stage}")

    @once
    def artifacts(self) -> S3Blobs:
        from chalicelib.services.s3 import S3Blobs

        return S3Blobs(self.client("s3"), self.settings.artifacts_bucket)

    @once
    def uploads(self) -> S3Blobs:
        from chalicelib.services.s3 import S3Blobs

        return S3Blobs(self.client("s3"), self.settings.uploads_bucket)

    @once
    def receipts(self) -> DynamoReceipts:
        from chalicelib.services.dynamodb.receipts import DynamoReceipts

        return DynamoReceipts(self.client("dynamodb"), self.named("events"), now)

    @once
    def event_log(self) -> DynamoEventLog:
        from chalicelib.services.dynamodb.event_log import DynamoEventLog

        return DynamoEventLog(self.client("dynamodb"), self.named("events"), lambda: self.artifacts, now)

    @once
    def idempotency(self) -> DynamoIdempotency:
        from chalicelib.services.dynamodb.idempotency import DynamoIdempotency

        return DynamoIdempotency(self.client("dynamodb"), self.named("events"), now)

    @once
    def subscriptions(self) -> DynamoSubscriptions:
        from chalicelib.services.dynamodb.subscriptions import DynamoSubscriptions
        from chalicelib.services.kms import KmsSeal

        return DynamoSubscriptions(
            self.client("dynamodb"),
            self.named("subscriptions"),
            KmsSeal(self.client("kms"), self.settings.kms_key),
            now,
        )

    @once
    def deliveries(self) -> DynamoDeliveries:
        from chalicelib.services.dynamodb.deliveries import DynamoDeliveries

        return DynamoDeliveries(self.client("dynamodb"), self.named("deliveries"), now)

    @once
    def endpoints(self) -> DynamoEndpoints:
        from chalicelib.services.dynamodb.endpoints import DynamoEndpoints

        return DynamoEndpoints(self.client("dynamodb"), self.named("deliveries"), now)

    @once
    def inbox_items(self) -> DynamoInboxItems:
        from chalicelib.services.dynamodb.inbox_items import DynamoInboxItems

        return DynamoInboxItems(self.client("dynamodb"), self.named("inbox"), now)

    @once
    def waiting_readers(self) -> DynamoWaitingReaders:
        from chalicelib.services.dynamodb.waiting_readers import DynamoWaitingReaders

        return DynamoWaitingReaders(
            self.client("dynamodb"), self.named("inbox"), self.settings.inbox_waiting, now
        )

    @once
    def claims(self) -> DynamoClaims:
        from chalicelib.services.dynamodb.claims import DynamoClaims

        return DynamoClaims(self.client("dynamodb"), self.named("claims"), now)

    @once
    def connections(self) -> DynamoConnections:
        from chalicelib.services.dynamodb.connections import DynamoConnections
        from chalicelib.services.kms import KmsSeal

        return DynamoConnections(
            self.client("dynamodb"),
            self.named("connections"),
            KmsSeal(self.client("kms"), self.settings.kms_key),
            self.registry.stored_settings,
            now,
            self.settings.connection_cache_seconds,
        )

    @once
    def imports(self) -> DynamoImports:
        from chalicelib.services.dynamodb.imports import DynamoImports

        return DynamoImports(self.client("dynamodb"), self.named("imports"), now)

    @once
    def polls(self) -> DynamoPolls:
        from chalicelib.services.dynamodb.polls import DynamoPolls

        return DynamoPolls(self.client("dynamodb"), self.named("imports"), now)

    @once
    def credentials(self) -> AwsCredentials:
        from chalicelib.services.credentials import AwsCredentials

        return AwsCredentials(self.client("secretsmanager"), self.client("ssm"), self.settings.stage)

    @once
    def web(self) -> HttpsClient:
        """The way out to addresses that others name."""
        from chalicelib.domain.operations.access import LOCAL_STAGE
        from chalicelib.services.https.addresses import network
        from chalicelib.services.https.client import HttpsClient
        from chalicelib.services.https.target import own_of

        return HttpsClient(
            map(network, self.settings.delivery_allow),
            local=self.settings.stage == LOCAL_STAGE,
            own=own_of(self.settings.public_url),
        )

    @once
    def jobs(self) -> DynamoJobs:
        from chalicelib.services.dynamodb.jobs import DynamoJobs

        return DynamoJobs(self.client("dynamodb"), self.named("jobs"), now)

    @once
    def quarantine(self) -> DynamoQuarantine:
        from chalicelib.services.dynamodb.quarantine import DynamoQuarantine

        return DynamoQuarantine(self.client("dynamodb"), self.named("quarantine"), self.artifacts, now)

    @once
    def marks(self) -> DynamoMarks:
        from chalicelib.services.dynamodb.marks import DynamoMarks

        return DynamoMarks(self.client("dynamodb"), self.named("quarantine"), now)

    @once
    def api_keys(self) -> DynamoApiKeys:
        from chalicelib.services.dynamodb.api_keys import DynamoApiKeys

        return DynamoApiKeys(self.client("dynamodb"), self.named("api_keys"), self.settings.key_cache_seconds)

    @once
    def database(self) -> Database:
        """An event function waits while the server restarts; a function that answers over HTTP says at once
        that it is down.

        Lambda gives a process one event at a time, so one connection is enough.
        """
        from chalicelib.domain.operations.access import LOCAL_STAGE
        from chalicelib.services.postgres.connection import Database

        http = self._function.http
        return Database(
            self.settings.database,
            size=LOCAL_CONNECTIONS if http and self.settings.stage == LOCAL_STAGE else 1,
            reconnect_seconds=0.0 if http else self.settings.reconnect_seconds,
            application=self.settings.function,
        )

    def close(self) -> None:
        """Close the connections to the database. The next use connects anew."""
        if "database" in vars(self):
            self.database.close()

    @once
    def tickets(self) -> PostgresTickets:
        from chalicelib.services.postgres.tickets import PostgresTickets

        return PostgresTickets(self.database)

    @once
    def ticket_reader(self) -> PostgresTicketReader:
        from chalicelib.services.postgres.ticket_reader import PostgresTicketReader

        return PostgresTicketReader(self.database)

    @once
    def ticket_index(self) -> PostgresTicketIndex:
        from chalicelib.services.postgres.ticket_index import PostgresTicketIndex

        return PostgresTicketIndex(self.database)

    @once
    def outbox(self) -> PostgresOutbox:
        from chalicelib.services.postgres.outbox import PostgresOutbox

        return PostgresOutbox(self.database)

    @once
    def configurations(self) -> PostgresConfigurations:
        from chalicelib.services.postgres.configurations import PostgresConfigurations

        return PostgresConfigurations(self.database)

    @once
    def registry(self) -> Registry:
        """All plugins; each is loaded once something asks for what it gives."""
        from chalicelib.domain.operations.access import LOCAL_STAGE
        from chalicelib.pipeline.operations.report_plugin import ReportPlugin
        from chalicelib.registry import Registry, discover

        kind = Registry
        if self.settings.trace_plugins:
            from chalicelib.registry.tracing import TracedRegistry

            kind = TracedRegistry
        return kind(
            [found for found in discover() if found.name not in self.settings.disabled_plugins],
            only=self.settings.load_plugins,
            seconds=self.settings.plugin_seconds,
            on_call=ReportPlugin(failures=self.quarantine),
            now=now,
            in_full=self.settings.stage == LOCAL_STAGE,
        )
