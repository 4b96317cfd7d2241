"""Preview a source: what would become of these bytes and headers. Nothing is stored or sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO

from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.intake.source_preview import SourcePreview, Verification
from chalicelib.domain.page import ANSWER_BYTES, bytes_in_answer
from chalicelib.errors import NotFound, Unreadable
from chalicelib.pipeline.intake.unpack import unpacked
from chalicelib.ports.intake import Connections, Sources
from chalicelib.ports.operations import Clock
from triggeriq import (
    Bad,
    Connection,
    Feedback,
    FileHint,
    Ignore,
    Item,
    Nothing,
    NotVerified,
    Received,
    Reply,
    Request,
    Source,
)

UNPACKED_LIMIT = 2_000_000
"""Bytes that a previewed file may unpack to."""
SHOWN_LIMIT = 1_000
"""The most items that a preview shows, if they fit into an answer: a few kilobytes of gzip may hold a million
rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSource:
    """The use-case; call it with the names of source and connection, and the request. The feedback is shown
    whether the signature is valid or not. With the header X-File-Name the body is read as a file of that
    name. Raises NotFound."""

    sources: Sources
    connections: Connections
    now: Clock

    def __call__(self, source_name: str, connection_name: str, request: Request) -> SourcePreview:
        source = self.sources.find(source_name)
        if source is None:
            raise NotFound(f"there is no source {source_name}; GET /sources lists those there are")
        known = self.connections.find(source_name, connection_name)
        connection = known or Connection(source=source_name, name=connection_name)
        feedback: list[Feedback] = []
        errors: list[str] = []
        room = ANSWER_BYTES
        try:
            for shown_before, item in enumerate(self._items(source, request, connection)):
                if shown_before == SHOWN_LIMIT:
                    errors.append(f"there are more; only the first {SHOWN_LIMIT:,} are shown")
                    break
                shown = _shown(item)
                room -= _bytes(shown)
                if room < 0:
                    errors.append(f"there are more; only the first {shown_before:,} have room in an answer")
                    break
                if isinstance(shown, str):
                    errors.append(shown)
                else:
                    feedback.append(shown)
        except (Unreadable, ValueError) as error:
            errors.append(str(error))
        return SourcePreview(self._verify(source, known, request), tuple(feedback), tuple(errors))

    def _verify(self, source: Source, known: Connection | None, request: Request) -> Verification:
        if known is None:
            return Verification(False, "no connection")
        try:
            return self._judged(source, known, request)
        except Unreadable as error:
            return Verification(False, str(error))

    def _judged(self, source: Source, known: Connection, request: Request) -> Verification:
        from triggeriq import explain  # only a preview needs it

        try:
            verified = source.verify(request, known, self.now())
        except NotVerified as refusal:
            told = explain.refused(source.schemes(known), request, known, refusal.reason, self.now())
        else:
            told = explain.proven(verified.secret, known)
        return Verification(told.ok, told.reason, told.detail)

    def _items(self, source: Source, request: Request, connection: Connection) -> Iterator[Item]:
        file_name = request.headers.get("x-file-name")
        if not source.takes("receive") or (file_name is not None and source.takes("read")):
            file = unpacked(BytesIO(request.body), file_name or "", UNPACKED_LIMIT)
            hint = FileHint(name=file.name, modified_at=self.now())
            for _, item in source.read(file.stream, hint, None, connection):
                if not isinstance(item, Nothing):
                    yield item
            return
        answer = source.receive(request, connection)
        if isinstance(answer, Reply):
            yield Ignore(f"it is answered with {answer.status} and holds no feedback")
            return
        if isinstance(answer, Ignore):
            yield answer
            return
        for event in answer.items:
            received = Received(
                id=event.id,
                received_at=self.now(),
                headers={n: request.headers[n] for n in source.keep_headers if n in request.headers},
                body=request.body,
            )
            yield from source.transform(received, connection)


def _shown(item: Item) -> Feedback | str:
    """The feedback as it would be kept, or why there is none. Raises ValueError as `cleaned` does."""
    if isinstance(item, Feedback):
        return cleaned(item)
    if isinstance(item, Bad):
        return f"{item.where}: {item.reason}"
    return f"ignored: {item.reason}" if isinstance(item, Ignore) else f"no feedback: {item}"


def _bytes(shown: Feedback | str) -> int:
    value = shown if isinstance(shown, str) else asdict(shown)
    return bytes_in_answer(json.dumps(value, ensure_ascii=False, default=str))
