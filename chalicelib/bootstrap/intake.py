"""The use-cases of intake, each built with the services that it needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now, trace
from chalicelib.functions import QUEUES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.intake.source_view import SourceView
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.pipeline.intake.backlog import Backlog
    from chalicelib.pipeline.intake.connect import Connect
    from chalicelib.pipeline.intake.follow_imports import FollowImports
    from chalicelib.pipeline.intake.give_back import GiveBack
    from chalicelib.pipeline.intake.ingest import Ingest
    from chalicelib.pipeline.intake.offer_upload import OfferUpload
    from chalicelib.pipeline.intake.poll import Poll
    from chalicelib.pipeline.intake.preview_source import PreviewSource
    from chalicelib.pipeline.intake.publish import Publish
    from chalicelib.pipeline.intake.read_file import ReadFile
    from chalicelib.pipeline.intake.receive import Receive
    from chalicelib.pipeline.intake.register_upload import RegisterUpload
    from chalicelib.pipeline.intake.replay import Replay
    from chalicelib.pipeline.intake.reread import Reread
    from chalicelib.pipeline.intake.sweep import Sweep
    from chalicelib.services.dynamodb.quarantine import DynamoQuarantine


class IntakeUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def receive(self) -> Receive:
        from chalicelib.pipeline.intake.receive import Receive

        out = self._outside
        return Receive(
            sources=out.registry,
            connections=out.connections,
            receipts=out.receipts,
            publish=self.publish,
            quarantine=out.quarantine,
            metrics=out.metrics,
            trace=trace,
            now=now,
        )

    @once
    def publish(self) -> Publish:
        from chalicelib.pipeline.intake.publish import Publish

        out = self._outside
        return Publish(receipts=out.receipts, bus=out.bus, blobs=out.artifacts, now=now)

    @once
    def ingest(self) -> Ingest:
        from chalicelib.pipeline.intake.ingest import Ingest

        out = self._outside
        return Ingest(
            sources=out.registry,
            connections=out.connections,
            receipts=out.receipts,
            claims=out.claims,
            blobs=out.artifacts,
            queue=out.queue("feedback"),
            rest=out.queue("ingest"),
            bus=lambda: out.bus,
            quarantine=out.quarantine,
            metrics=out.metrics,
        )

    @once
    def register_upload(self) -> RegisterUpload:
        from chalicelib.pipeline.intake.register_upload import RegisterUpload

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
    def _backlog(self) -> Backlog:
        from chalicelib.pipeline.intake.backlog import Backlog

        return Backlog(self._outside.queue("feedback"), self._outside.settings.import_backlog)

    @once
    def read_file(self) -> ReadFile:
        from chalicelib.pipeline.intake.read_file import ReadFile

        out = self._outside
        return ReadFile(
            imports=out.imports,
            sources=out.registry,
            connections=out.connections,
            blobs=out.uploads,
            artifacts=out.artifacts,
            feedback=out.queue("feedback"),
            files=out.queue("files"),
            quarantine=out.quarantine,
            metrics=out.metrics,
            now=now,
            unpacked_limit=out.settings.unpacked_limit,
            backlog=self._backlog,
        )

    @once
    def offer_upload(self) -> OfferUpload:
        from chalicelib.pipeline.intake.offer_upload import OfferUpload

        return OfferUpload(sources=self._outside.registry, uploads=self._outside.uploads, now=now)

    @once
    def sweep(self) -> Sweep:
        from chalicelib.pipeline.intake.sweep import Sweep

        out = self._outside
        return Sweep(uploads=out.uploads, imports=out.imports, register=self.register_upload, now=now)

    @once
    def poll(self) -> Poll:
        from chalicelib.pipeline.intake.poll import Poll

        out = self._outside
        return Poll(
            sources=out.registry,
            connections=out.connections,
            polls=out.polls,
            credentials=out.credentials,
            web=out.web,
            publish=self.publish,
            bus=out.bus,
            metrics=out.metrics,
            trace=trace,
            now=now,
            request_seconds=out.settings.poll_request_seconds,
        )

    @once
    def connections(self) -> Connect:
        from chalicelib.pipeline.intake.connect import Connect

        out = self._outside
        return Connect(
            store=out.connections, sources=out.registry, polls=out.polls, stage=out.settings.stage, now=now
        )

    @once
    def imports(self) -> FollowImports:
        from chalicelib.pipeline.intake.follow_imports import FollowImports

        return FollowImports(store=self._outside.imports)

    @once
    def give_back(self) -> GiveBack:
        from chalicelib.pipeline.intake.give_back import GiveBack

        out = self._outside
        return GiveBack(imports=out.imports, quarantine=out.quarantine, blobs=out.artifacts)

    @once
    def preview(self) -> PreviewSource:
        from chalicelib.pipeline.intake.preview_source import PreviewSource

        return PreviewSource(sources=self._outside.registry, connections=self._outside.connections, now=now)

    @once
    def replay(self) -> Replay:
        from chalicelib.pipeline.intake.replay import Replay

        out = self._outside
        return Replay(
            quarantine=out.quarantine,
            sources=out.registry,
            connections=out.connections,
            publish=self.publish,
            blobs=out.artifacts,
            queues={out.named(name): out.queue(name) for name in QUEUES},
            files=out.queue("files"),
        )

    @once
    def reread(self) -> Reread:
        from chalicelib.pipeline.intake.reread import Reread

        out = self._outside
        return Reread(
            sources=out.registry,
            kept=out.artifacts,
            events=self.ingest,
            backlog=self._backlog,
            uploads=out.uploads,
            imports=out.imports,
            files=out.queue("files"),
            now=now,
        )

    @property
    def quarantine(self) -> DynamoQuarantine:
        return self._outside.quarantine

    def sources(self, within: Restriction | None) -> tuple[SourceView, ...]:
        """What GET /sources shows. within: what the caller is restricted to."""
        from chalicelib.domain.intake.source_view import SourceDay
        from chalicelib.errors import Unavailable
        from chalicelib.registry.listing import source_views

        out = self._outside
        names, since = list(out.registry.sources()), now() - timedelta(hours=24)
        last_events: Mapping[str, datetime] = {}
        days: dict[str, SourceDay] = {}
        try:
            last_events = out.ticket_reader.last_received(names, within)
            read = out.ticket_reader.received(names, since, within)
            errors = out.quarantine.counted(names, since, within)
            days = {name: SourceDay.of(read[name], errors[name]) for name in read}
        except Unavailable:  # what is installed can be told without them
            pass
        return source_views(out.registry, last_events, days)
