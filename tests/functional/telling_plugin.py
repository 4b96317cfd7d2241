"""A source as another team might install it, which tells all that a source can tell: its code."""

from __future__ import annotations

TELLING = """
    import json
    from datetime import datetime

    from triggeriq import (
        Answered, AttachedFile, Author, Event, Events, Feedback, Ignore, Redacted, Released, Scheme, Source,
        hookimpl,
    )

    BESIDES = {"answered": Answered, "redacted": Redacted, "released": Released, "ignored": Ignore}

    class Telling(Source):
        name = "telling"
        verification = (Scheme(kind="token", header="x-token"),)
        reads = (".ndjson",)

        def receive(self, request, connection):
            return Events(Event(json.loads(request.body)["event"]))

        def transform(self, received, connection):
            yield from map(item, json.loads(received.body)["items"])

        def read(self, stream, hint, resume, connection):
            for number, line in enumerate(stream):
                if resume is None or number > int(resume):
                    yield str(number), item(json.loads(line))

    def item(told):
        ((kind, of),) = told.items()
        if "at" in of:
            of["at"] = datetime.fromisoformat(of["at"])
        if kind in BESIDES:
            return BESIDES[kind](**of)
        if "created_at" in of:
            of["created_at"] = datetime.fromisoformat(of["created_at"])
        of["author"] = Author(**of.get("author", {}))
        of["attachments"] = tuple(
            AttachedFile(name=name, content=content.encode()) for name, content in of.get("files", {}).items()
        )
        of.pop("files", None)
        return Feedback(**of)

    @hookimpl
    def register_sources(register):
        register(Telling)
"""
