"""The use-cases, each with the services that it is handed: the wiring diagram."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now, trace

if TYPE_CHECKING:
    from chalicelib.domain.event import CloudEvent
    from chalicelib.pipeline.connect import Connect
    from chalicelib.pipeline.consume import Consume
    from chalicelib.pipeline.follow_imports import FollowImports
    from chalicelib.pipeline.ingest import Ingest
    from chalicelib.pipeline.preview import PreviewSource, PreviewTriage
    from chalicelib.pipeline.process import Process
    from chalicelib.pipeline.read_file import ReadFile
    from chalicelib.pipeline.receive import Receive
    from chalicelib.pipeline.redrive import Redrive
    from chalicelib.pipeline.register_upload import RegisterUpload
    from chalicelib.pipeline.relay import Relay
    from chalicelib.pipeline.replay import Replay
    from chalicelib.pipeline.sweep import Sweep
    from chalicelib.pipeline.triage import TriageFeedback
    from chalicelib.ports import Configurations, TicketDesk
    from chalicelib.registry.listing import PluginView, SourceView
    from chalicelib.services.dynamodb.api_keys import DynamoApiKeys
    from chalicelib.services.dynamodb.quarantine import DynamoQuarantine
    from chalicelib.services.emf import EmfMetrics

QUEUES = ("ingest", "files", "feedback", "delivery")


class UseCases:
    """The use-cases, each made on first use from the services that it needs; also what the API's
    handlers call."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self.settings = outside.settings
        self.now = now

    def make_all(self) -> None:
        """Make each of them now."""
        for name, part in vars(type(self)).items():
            if isinstance(part, once):
                getattr(self, name)

    def close(self) -> None:
        """Close the connections that they have opened."""
        self._outside.close()

    @once
    def receive(self) -> Receive:
        from chalicelib.pipeline.receive import Receive

        out = self._outside
        return Receive(
            sources=out.registry,
            connections=out.connections,
            receipts=out.receipts,
            bus=out.bus,
            blobs=out.artifacts,
            quarantine=out.quarantine,
            metrics=out.metrics,
            trace=trace,
            now=now,
        )

    @once
    def ingest(self) -> Ingest:
        from chalicelib.pipeline.ingest import Ingest

        out = self._outside
        return Ingest(
            sources=out.registry,
            connections=out.connections,
            receipts=out.receipts,
            claims=out.claims,
            blobs=out.artifacts,
            queue=out.queue("feedback"),
            quarantine=out.quarantine,
            metrics=out.metrics,
        )

    @once
    def register(self) -> RegisterUpload:
        from chalicelib.pipeline.register_upload import RegisterUpload

        out = self._outside
        return RegisterUpload(
            imports=out.imports,
            sources=out.registry,
            bus=out.bus,
            queue=out.queue("files"),
            quarantine=out.quarantine,
            metrics=out.metrics,
            trace=trace,
            now=now,
        )

    @once
    def read_file(self) -> ReadFile:
        from chalicelib.pipeline.read_file import ReadFile

        out = self._outside
        return ReadFile(
            imports=out.imports,
            sources=out.registry,
            connections=out.connections,
            blobs=out.uploads,
            feedback=out.queue("feedback"),
            files=out.queue("files"),
            quarantine=out.quarantine,
            metrics=out.metrics,
            now=now,
            unpacked_limit=self.settings.unpacked_limit,
            backlog=self.settings.import_backlog,
            pause=time.sleep,
        )

    @once
    def triage(self) -> TriageFeedback:
        from chalicelib.pipeline.triage import TriageFeedback

        self._outside.registry.rehearse("It crashes, and I love it.")
        return TriageFeedback(stages=self._outside.registry, configurations=self._outside.configurations)

    @once
    def relaying(self) -> Relay:
        from chalicelib.pipeline.relay import Relay

        return Relay(
            outbox=self._outside.outbox,
            bus=self._outside.bus,
            now=now,
            grace=timedelta(seconds=self.settings.relay_grace_seconds),
        )

    @once
    def process(self) -> Process:
        from chalicelib.pipeline.process import Process

        out = self._outside
        return Process(
            triage=self.triage, tickets=out.tickets, relay=self.relaying, metrics=out.metrics, now=now
        )

    @once
    def sweep(self) -> Sweep:
        from chalicelib.pipeline.sweep import Sweep

        return Sweep(
            uploads=self._outside.uploads, imports=self._outside.imports, register=self.register, now=now
        )

    def consume(self, queue: str) -> Consume:
        from chalicelib.pipeline.consume import Consume

        return Consume(
            queue=self._outside.queue(queue),
            quarantine=self._outside.quarantine,
            metrics=self._outside.metrics,
            now=now,
            park_seconds=self.settings.park_seconds,
            retry_seconds=self.settings.retry_seconds,
        )

    @property
    def metrics(self) -> EmfMetrics:
        """What the use-cases count into; the edges write it."""
        return self._outside.metrics

    # What only the API calls

    @property
    def tickets(self) -> TicketDesk:
        return self._outside.desk

    @property
    def configurations(self) -> Configurations:
        return self._outside.configurations

    @property
    def api_keys(self) -> DynamoApiKeys:
        return self._outside.api_keys

    @property
    def quarantine(self) -> DynamoQuarantine:
        return self._outside.quarantine

    def relay(self, events: Sequence[CloudEvent]) -> None:
        """Put on the bus what a change left in the outbox; the schedule does it where that fails."""
        self.relaying.now_if_possible(events)

    @once
    def connections(self) -> Connect:
        from chalicelib.pipeline.connect import Connect

        return Connect(store=self._outside.connections, sources=self._outside.registry, now=now)

    @once
    def imports(self) -> FollowImports:
        from chalicelib.pipeline.follow_imports import FollowImports

        return FollowImports(store=self._outside.imports, quarantine=self._outside.quarantine)

    @once
    def preview_source(self) -> PreviewSource:
        from chalicelib.pipeline.preview import PreviewSource

        return PreviewSource(sources=self._outside.registry, connections=self._outside.connections, now=now)

    @once
    def preview_triage(self) -> PreviewTriage:
        from chalicelib.pipeline.preview import PreviewTriage

        return PreviewTriage(triage=self.triage)

    @once
    def replay(self) -> Replay:
        from chalicelib.pipeline.replay import Replay

        out = self._outside
        return Replay(
            quarantine=out.quarantine,
            receive=self.receive,
            bus=out.bus,
            blobs=out.artifacts,
            queues={out.named(name): out.queue(name) for name in QUEUES},
            files=out.queue("files"),
        )

    @once
    def dead_letters(self) -> Redrive:
        from chalicelib.pipeline.redrive import Pair, Redrive

        out = self._outside
        return Redrive(
            pairs={name: Pair(out.queue(name), out.queue(f"{name}-dlq")) for name in QUEUES},
            asynchronous=out.queue("async-dlq"),
            register=self.register,
            remembered=out.quarantine,
        )

    def plugins(self) -> tuple[PluginView, ...]:
        from chalicelib.registry.listing import plugin_views

        return plugin_views(self._outside.registry, self._outside.quarantine.plugin_failures())

    def sources(self) -> tuple[SourceView, ...]:
        from chalicelib.errors import Unavailable
        from chalicelib.registry.listing import source_views

        registry = self._outside.registry
        try:
            last_events = self.tickets.last_received(list(registry.sources()))
        except Unavailable:  # what is installed can be told without the database
            last_events = {}
        return source_views(registry, last_events)

    def health(self) -> Mapping[str, str]:
        """Each dependency: "ok", or what is wrong with it."""
        from chalicelib.pipeline.check_health import check_health

        out = self._outside
        return check_health(
            {
                "postgres": lambda: out.desk.check(),
                "dynamodb": lambda: out.claims.check(),
                "s3": lambda: out.artifacts.check(),
                "sqs": lambda: out.queue("feedback").count(),
                "bus": lambda: out.bus.check(),
                "kms": lambda: out.connections.check(),
            }
        )
