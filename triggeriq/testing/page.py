"""A source's page for people who connect it: made of its docstrings, its settings, its rows of verification
and its golden requests, so that it can't say what is not so."""

from __future__ import annotations

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from typing import Any

from triggeriq import Scheme, Source
from triggeriq.proofs import proof_of
from triggeriq.testing.samples import Delivery, Exactly
from triggeriq.testing.signer import signer_of

REASONS = {
    "missing": "a header of the proof is not there, or the connection has no secret that could prove it",
    "malformed": "a header is there and is not of the form above",
    "stale": "it was signed too long ago, or ahead of time: check the sender's clock",
    "mismatch": "the signature fits neither secret of the connection, or the bytes were changed on the way",
}
"""What each word of a 401 means."""
_SHOWN = 1_200
"""Characters of the example's body that are shown."""


def page_of(source: type[Source], golden: Sequence[Delivery]) -> str:
    """The page, in Markdown."""
    return "\n\n".join(filter(None, _parts(source(), golden))) + "\n"


def _parts(source: Source, golden: Sequence[Delivery]) -> Iterator[str]:
    cls = type(source)
    yield f"# {source.title or source.name}"
    yield f"The source `{source.name}`. {_ways_in(source)}"
    yield inspect.cleandoc(sys.modules[cls.__module__].__doc__ or "")
    yield inspect.cleandoc(cls.__doc__ or "")
    yield "## The connection's settings"
    yield _settings(cls.settings) if cls.settings else "It has none."
    if source.takes("receive"):
        yield from _verification(source)
    if golden:
        yield "## What becomes of what is sent"
        yield _outcomes(golden)
        yield from _example(source, golden)


def _ways_in(source: Source) -> str:
    ways = []
    if source.takes("receive"):
        address = f"`/webhooks/{source.name}/<connection>`"
        types = ", ".join(f"`{one}`" for one in source.content_types) or "any type"
        ways.append(
            f"Webhooks come to {address} by {', '.join(source.methods)}, as {types}, "
            f"of at most {source.max_body:,} bytes."
        )
    if source.takes("read"):
        endings = ", ".join(f"`{ending}`" if ending else "any" for ending in source.reads)
        ways.append(
            f"Files are uploaded under `reviews/{source.name}/<connection>/`, with the endings {endings}."
        )
    if source.takes("poll"):
        minutes = source.poll_seconds // 60
        ways.append(f"It is fetched every {minutes} minutes once a connection has its `credentials`.")
    return " ".join(ways)


def _settings(settings: type) -> str:
    told = docstrings_of(settings)
    rows = [
        (f"`{field.name}`", _cell(str(field.type)), _default(field), _cell(told.get(field.name, "")))
        for field in fields(settings)
    ]
    about = inspect.cleandoc(settings.__doc__ or "")
    return f"{about}\n\n{_table(('setting', 'type', 'default', 'what it says'), rows)}"


def docstrings_of(settings: type) -> Mapping[str, str]:
    """The docstring under each field of a dataclass."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(settings))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _default(field: Field[Any]) -> str:
    if field.default is not MISSING:
        return f"`{json.dumps(field.default, default=str)}`"
    if field.default_factory is not MISSING:
        return f"`{json.dumps(field.default_factory(), default=list)}`"
    return "must be given"


def _verification(source: Source) -> Iterator[str]:
    yield "## How a webhook proves itself"
    rows = [scheme for scheme in source.verification if scheme.kind != "secret_name"]
    if not rows:
        yield (
            "By what the connection's settings choose, see above."
            if source.takes("schemes")
            else "Not at all: the provider signs nothing, so every webhook is refused with 401."
        )
        return
    if source.takes("schemes"):
        yield "The connection's settings choose; where they say nothing it is this:"
    for place, scheme in enumerate(rows):
        if place:
            yield "Or:"
        yield _headers(scheme)
    if refused := [secret for scheme in rows for secret in scheme.refused_secrets]:
        yield f"The published test secret `{refused[0]}` is never accepted."
    yield "A request that does not is answered with 401 and one word:"
    yield _table(("word", "what it means"), [(f"`{word}`", told) for word, told in REASONS.items()])
    if rows[0].kind == "hmac":
        yield "This signs a body as the sender does, with Python alone:"
        yield f"```python\n{signer_of(rows[0])}```"


def _headers(scheme: Scheme) -> str:
    return _table(
        ("header", "what it holds"), [(f"`{proof.header}`", _cell(proof.form)) for proof in proof_of(scheme)]
    )


def _outcomes(golden: Sequence[Delivery]) -> str:
    rows = [(delivery.name.replace("_", " ").replace("-", " "), _outcome(delivery)) for delivery in golden]
    return _table(("what comes", "what becomes of it"), rows)


def _outcome(delivery: Delivery) -> str:
    items = [each.item for each in delivery.expect if isinstance(each, Exactly)]
    return "; ".join(map(_told, items)) or "it is answered, and holds nothing"


def _told(item: Mapping[str, Any]) -> str:
    ((kind, shown),) = item.items()
    match kind:
        case "feedback":
            rating = f", {shown['rating']:g} of 5" if "rating" in shown else ""
            return f"feedback of the kind {shown.get('kind', 'message')}{rating}"
        case "ignore":
            return f"ignored: {_cell(shown['reason'])}"
        case "answered":
            return "its ticket learns that it was answered; the words are not kept"
        case "redacted":
            return "the words are removed here, too"
        case "released":
            return f"`release.published` on the bus: {_cell(shown['name'])} {_cell(shown['version'])}"
        case _:
            return f"{_cell(shown['where'])} goes to the quarantine"


def _example(source: Source, golden: Sequence[Delivery]) -> Iterator[str]:
    shown = next((one for one in golden if one.texts and len(one.body) <= _SHOWN), None)
    if shown is None:
        return
    body = shown.body.decode("utf-8", "replace").strip()
    if body.startswith(("{", "[")):
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    first = next(
        each.item["feedback"]
        for each in shown.expect
        if isinstance(each, Exactly) and "feedback" in each.item
    )
    yield f"## An example: {shown.name.replace('_', ' ').replace('-', ' ')}"
    yield f"```json\n{body}\n```"
    yield "becomes this feedback (what is left out is at its default):"
    yield f"```json\n{json.dumps(first, indent=2, ensure_ascii=False)}\n```"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
