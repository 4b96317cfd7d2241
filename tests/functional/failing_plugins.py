"""Plugins as other teams might install them, each failing in its own way: their code, by their names."""

from __future__ import annotations

CLASSIFIERS = {
    "raises": """
        from triggeriq import hookimpl

        @hookimpl
        def classify(feedback):
            if "raise" in feedback.text:
                raise KeyError(feedback.text)
    """,
    "leaves": """
        import sys
        from triggeriq import hookimpl

        @hookimpl
        def draft(feedback, verdicts):
            if "leave" in feedback.text:
                sys.exit(3)
    """,
    "runs_away": """
        import re
        from triggeriq import hookimpl

        @hookimpl
        def classify(feedback):
            if "run away" in feedback.text:
                re.match(r"(a+)+$", "a" * 60 + "!")
    """,
    "swallows": """
        import time
        from triggeriq import hookimpl

        @hookimpl
        def extract(feedback, verdicts):
            while "swallow" in feedback.text:
                try:
                    time.sleep(0.01)
                except Exception:
                    pass
    """,
    "adds_up": """
        from decimal import Decimal
        from triggeriq import hookimpl

        @hookimpl
        def extract(feedback, verdicts):
            if "amount" in feedback.text:
                return {"amount": Decimal("9.90"), "currency": "EUR"}
    """,
    "answers_oddly": """
        from triggeriq import Draft, Review, Verdict, hookimpl

        @hookimpl
        def classify(feedback):
            if "odd" in feedback.text:
                return [
                    Verdict(facet="category", label=["a", "list"]),
                    Verdict(facet="sentiment", label="negative", confidence=None),
                    Verdict(facet={"a": 1}, label="x"),
                    Verdict(facet="mood", label="\\ud800", score=float("nan"), evidence=(1, None)),
                    "no verdict",
                ]

        @hookimpl
        def extract(feedback, verdicts):
            if "odd" in feedback.text:
                return {1: {2: float("inf")}, "\\ud800": "\\x00", "deep": _deep(), "long": 10**400}

        @hookimpl
        def prioritise(feedback, verdicts, rules):
            if "odd" in feedback.text:
                return Verdict(facet="priority", label="high", reasons=7)

        @hookimpl
        def draft(feedback, verdicts):
            if "odd" in feedback.text:
                return Draft(title=5, description=b"bytes", tags=7)

        @hookimpl
        def review(feedback, verdicts, draft):
            if "odd" in feedback.text:
                return Review(needs_review=True, reasons=9)

        def _deep():
            value = []
            for _ in range(5000):
                value = [value]
            return value
    """,
}
UNLOADABLE = {
    "misspelt": (
        "from triggeriq import hookimpl\n\n@hookimpl\ndef clasify(feedback):\n    return None\n",
        "clasify",
    ),
    "no_import": ("import a_module_that_nobody_has\n", "a_module_that_nobody_has"),
    "no_syntax": ("def classify(feedback:\n", "SyntaxError"),
    "exits": ("import sys\nsys.exit('not today')\n", "not today"),
    "wraps": (
        "from triggeriq import hookimpl\n\n"
        "@hookimpl(wrapper=True)\ndef classify(feedback):\n    return (yield)\n",
        "wrapper",
    ),
    "claims_zendesk": (
        "from triggeriq import Source, hookimpl\n\n"
        "class Mine(Source):\n    name = 'zendesk'\n\n"
        "@hookimpl\ndef register_sources(register):\n    register(Mine)\n",
        "the plugins zendesk and claims_zendesk both claim the source zendesk",
    ),
    "an_odd_name": (
        "from triggeriq import Source, hookimpl\n\n"
        "class Mine(Source):\n    name = 'My Desk'\n\n"
        "@hookimpl\ndef register_sources(register):\n    register(Mine)\n",
        "My Desk",
    ),
}
SOURCE = """
    import re
    import time
    from triggeriq import Event, Events, Feedback, Scheme, Source, hookimpl

    class Shaky(Source):
        name = "shaky"
        verification = (Scheme(kind="token", header="x-token"),)
        reads = (".txt",)

        def verify(self, request, connection, now):
            if b"verify-raises" in request.body:
                raise ValueError("oh")
            if b"verify-lies" in request.body:
                return True
            return super().verify(request, connection, now)

        def receive(self, request, connection):
            if b"receive-raises" in request.body:
                raise RuntimeError("oh")
            if b"receive-lies" in request.body:
                return "an event"
            return Events(Event(request.body.decode()))

        def transform(self, received, connection):
            yield Feedback(external_id=received.id, text="before")
            if b"transform-raises" in received.body:
                raise RuntimeError("oh")
            if b"transform-runs-away" in received.body:
                re.match(r"(a+)+$", "a" * 60 + "!")
            if b"transform-lies" in received.body:
                yield Feedback(external_id=None, text=5, version=float("inf"))

        def read(self, stream, hint, resume, connection):
            for number, line in enumerate(stream.read().splitlines(), start=1):
                if line == b"raise":
                    raise RuntimeError("oh")
                if line == b"hang":
                    time.sleep(60)
                yield str(number), Feedback(external_id=str(number), text=line.decode())

    @hookimpl
    def register_sources(register):
        register(Shaky)
"""
