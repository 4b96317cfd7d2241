"""A source's page for people who connect it: made of its docstrings, its settings, its rows of verification
and its golden requests, so that it can't say what is not so."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from triggeriq import Scheme, Source
from triggeriq.proofs import proof_of
from triggeriq.testing import golden, golden_polls
from triggeriq.testing.installed import find
from triggeriq.testing.samples import Exactly, Expected
from triggeriq.testing.signer import signer_of

REASONS = {
    "missing": "a header of the proof is not there, or the connection has no secret that could prove it",
    "malformed": "a header is there and is not of the form above",
    "stale": "it was signed too long ago, or ahead of time: check the sender's clock",
    "mismatch": "the signature fits neither secret of the connection, or the bytes were changed on the way",
}
"""What each word of a 401 means."""
_TYPES: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    NoneType: "null",
}
_SHOWN = 1_200
"""Characters of the example's body that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Something that came, and what became of it."""

    name: str
    items: Sequence[Mapping[str, Any]]
    """As `triggeriq.testing.plain` shows them."""
    body: bytes = b""


def samples_of(folder: Path) -> Iterator[Sample]:
    """What a folder holds: golden requests, files and polls."""
    if any(folder.glob("*.http")):
        for request in golden.load(folder):
            yield Sample(name=request.name, items=_items(request.expect), body=request.body)
    if any(file.with_suffix("").is_file() for file in folder.glob("*.json")):
        for file in golden.uploads(folder):
            yield Sample(name=f"the file {file.name}", items=_items(file.expect), body=file.body)
    if any(folder.glob("*/poll.json")):
        for poll in golden_polls.load(folder):
            yield Sample(name=poll.name, items=[item for _, page in poll.pages for item in _items(page)])


def _items(expected: Sequence[Expected]) -> list[Mapping[str, Any]]:
    return [each.item for each in expected if isinstance(each, Exactly)]


def page_of(source: type[Source], samples: Sequence[Sample]) -> str:
    """The page, in Markdown."""
    return "\n\n".join(filter(None, _parts(source(), samples))) + "\n"


def _parts(source: Source, samples: Sequence[Sample]) -> Iterator[str]:
    cls = type(source)
    yield f"# {source.title or source.name}"
    yield f"The source `{source.name}`. {_ways_in(source)}"
    yield inspect.cleandoc(sys.modules[cls.__module__].__doc__ or "")
    yield inspect.cleandoc(cls.__doc__ or "")
    yield "## The connection's settings"
    yield _settings(cls.settings) if cls.settings else "It has none."
    yield from _making(source)
    if source.takes("receive"):
        yield from _verification(source)
    if samples:
        yield "## What becomes of what comes"
        yield _outcomes(samples)
        yield from _example(samples)


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
        endings = ", ".join(f"`{ending}`" for ending in source.reads if ending)
        which = "by any name" if "" in source.reads else f"with the endings {endings}"
        ways.append(f"Files are uploaded under `reviews/{source.name}/<connection>/`, {which}.")
    if source.takes("poll"):
        minutes = source.poll_seconds // 60
        asked = {field.name for field in fields(source.settings)} if source.settings else set()
        once = "has its `credentials`" if "credentials" in asked else "says what to fetch"
        ways.append(f"It is fetched every {minutes} minutes once a connection {once}.")
    return " ".join(ways)


def _settings(settings: type) -> str:
    told, types = docstrings_of(settings), get_type_hints(settings)
    rows = [
        (f"`{field.name}`", _type(types[field.name]), _default(field), _cell(told.get(field.name, "")))
        for field in fields(settings)
    ]
    about = inspect.cleandoc(settings.__doc__ or "")
    return f"{about}\n\n{_table(('setting', 'type', 'default', 'what it says'), rows)}"


def _making(source: Source) -> Iterator[str]:
    """How an admin makes a connection of it."""
    by_secret = any(row.kind != "secret_name" for row in source.verification) or (
        source.takes("schemes") and not source.verification
    )
    if not (by_secret or source.settings):
        return
    needed = {
        field.name: "<the ARN of the secret>" if field.name == "credentials" else "…"
        for field in (fields(source.settings) if source.settings else ())
        if field.name == "credentials" or (field.default is MISSING and field.default_factory is MISSING)
    }
    said = {**({"secrets": ["<the secret>"]} if by_secret else {}), "settings": needed}
    call = f"curl -X PUT https://<this system>/connections/{source.name}/default -H 'X-Api-Key: <key>'"
    body = f"-H 'Content-Type: application/json' -d '{json.dumps(said, ensure_ascii=False)}'"
    more = " Further settings go into `settings`." if source.settings else ""
    yield f"An admin makes the connection, here with the name `default`.{more}"
    yield f"```sh\n{call} \\\n     {body}\n```"
    if by_secret:
        yield f"The provider is then given `https://<this system>/webhooks/{source.name}/default`."


def _type(kind: Any) -> str:
    """As JSON has it, and not as Python calls it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{json.dumps(one)}`" for one in inner)
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if origin in (Union, UnionType):
        return " or ".join(map(_type, inner))
    if origin is not None and issubclass(origin, Mapping):
        return f"object of {_type(inner[1])}"
    return _TYPES.get(kind, kind.__name__)


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
    yield "A request without such a proof is answered with 401 and one of these words:"
    timed = any(row.timestamp_header for row in rows)
    words = [(f"`{word}`", told) for word, told in REASONS.items() if timed or word != "stale"]
    yield _table(("word", "what it means"), words)
    if rows[0].kind == "hmac" and rows[0].place == "headers":
        yield "This signs a body as the sender does, with Python alone:"
        yield f"```python\n{signer_of(rows[0])}```"


def _headers(scheme: Scheme) -> str:
    return _table(
        ("header", "what it holds"), [(f"`{proof.header}`", _cell(proof.form)) for proof in proof_of(scheme)]
    )


def _outcomes(samples: Sequence[Sample]) -> str:
    return _table(
        ("what comes", "what becomes of it"), [(_words(one.name), _outcome(one)) for one in samples]
    )


def _outcome(sample: Sample) -> str:
    told = Counter(map(_told, sample.items))
    return "; ".join(f"{count} × {what}" if count > 1 else what for what, count in told.items()) or (
        "it is answered, and holds nothing"
    )


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


def _example(samples: Sequence[Sample]) -> Iterator[str]:
    for sample in sorted(samples, key=lambda sample: len(sample.body)):
        made = [item["feedback"] for item in sample.items if "feedback" in item]
        if made and 0 < len(sample.body) <= _SHOWN and sample.body.isascii():
            yield f"## An example: {_words(sample.name)}"
            yield _shown(sample.body.decode())
            yield "becomes this feedback (what is left out is at its default):"
            yield f"```json\n{json.dumps(made[0], indent=2, ensure_ascii=False)}\n```"
            return


def _shown(body: str) -> str:
    try:
        return f"```json\n{json.dumps(json.loads(body), indent=2)}\n```"
    except ValueError:
        return f"```\n{body.strip()}\n```"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """`python -m triggeriq.testing.page --source acme --golden tests/golden`: says the page."""
    parser = argparse.ArgumentParser(prog="python -m triggeriq.testing.page", description=main.__doc__)
    parser.add_argument("--source", required=True, help="its name, or that of its module")
    parser.add_argument("--golden", required=True, help="the folder of its golden requests")
    options = parser.parse_args()
    sys.stdout.write(page_of(find(options.source), list(samples_of(Path(options.golden)))))


if __name__ == "__main__":
    main()
