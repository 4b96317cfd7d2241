"""The page at /docs, made from the OpenAPI document alone. It is one file without scripts, and loads nothing
from other hosts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import ChainMap
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from chalicelib.api.documentation import examples
from chalicelib.api.exchange import JSON_TYPE, PROBLEM_TYPE

Schema = dict[str, Any]

TITLES = {
    "health": ("Health", "Whether the app is up, and what it depends on."),
    "documents": ("Documentation", "This interface, for machines and for people."),
    "webhooks": (
        "Webhooks",
        "Where partners send. The source's own signature, made with the connection's secret, lets a request "
        "in; a 202 means that it is safe and will not be lost.",
    ),
    "events": ("Posted events", "What partners and teams tell: CloudEvents, kept for 30 days and sent on."),
    "tickets": ("Tickets", "What customers said, classified: search, read, change, join and take apart."),
    "event_log": (
        "Log of events",
        "What was posted and what TriggerIQ told, for 30 days: listed, read, and its content forgotten.",
    ),
    "inbox": (
        "Inbox",
        "The events that concern a key's owner, kept for 14 days until he takes them, at his own pace. Of "
        "all ways to be told this one alone is complete.",
    ),
    "subscriptions": (
        "Subscriptions",
        "Who is told of which events, where to: each delivery is signed, tried again where it fails, and "
        "listed.",
    ),
    "event_types": (
        "Event types",
        "What TriggerIQ tells its subscribers, and what it understands of what is posted: the schema, an "
        "example and the newest of each.",
    ),
    "deliveries": (
        "Deliveries",
        "What was sent, every attempt with its answer, and what has not arrived and why. One is tried again, "
        "or all of a time is recovered. `undelivered` is what failed, is held, or waits for another attempt.",
    ),
    "connections": ("Connections", "One configured instance of a source: its secrets, settings and owner."),
    "sources": ("Sources", "The sources that are installed, and a preview of what one makes of given bytes."),
    "triage": ("Triage", "What every stage of triage would say of a text."),
    "plugins": ("Plugins", "What was loaded, what failed, and why."),
    "configurations": ("Configurations", "Priority rules and thresholds, each version kept."),
    "uploads": ("Uploads", "Forms by which files go straight into the bucket, at whatever size."),
    "imports": ("Imports", "Uploaded files: how far each was read, and which rows could not be."),
    "quarantine": ("Quarantine", "What could not be read, with the reason, and its way back in."),
    "jobs": ("Jobs", "Work that takes longer than a request may: follow it, or cancel it."),
    "dead_letters": ("Dead letters", "What failed too often, and its way back in."),
    "api_keys": (
        "API keys",
        "Made, listed and revoked by an admin. A key with the scope read sees every ticket, unless it is "
        "restricted to connections when it is made.",
    ),
}
"""Chapters in their order, by the tag of their operations."""

OWN_MACHINE = "http://127.0.0.1:8000"
_LOOPBACK = ("http://127.0.0.1", "http://localhost")
_PAGES = Path(__file__).parents[2] / "pages"


class DocsPage(NamedTuple):
    html: str
    content_security_policy: str


def page_of(document: dict[str, Any]) -> DocsPage:
    """The page for an OpenAPI document. Everything in it is escaped, and it holds nothing from a request."""
    chapters: dict[str, list[str]] = {tag: [] for tag in TITLES}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            chapters[operation["tags"][0]].append(_operation(path, method, operation, document))
    style = (_PAGES / "docs.css").read_text(encoding="utf-8")
    html = Template((_PAGES / "docs.html").read_text(encoding="utf-8")).substitute(
        style=style,
        version=escape(document["info"]["version"]),
        setup=escape(_setup(document["servers"][0]["url"])),
        links="".join(f'<li><a href="#{tag}">{escape(title)}</a></li>' for tag, (title, _) in TITLES.items()),
        chapters="".join(_chapter(tag, operations) for tag, operations in chapters.items()),
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return DocsPage(html, policy)


def _setup(url: str) -> str:
    """The variables of the commands. url: "/" where nobody said by which address the world knows us."""
    url = OWN_MACHINE if url == "/" else url
    key = "local-dev-key" if url.startswith(_LOOPBACK) else "'your key'"
    return f"URL={url}\nAPI_KEY={key}\nSECRET={examples.SECRET}"


def _chapter(tag: str, operations: list[str]) -> str:
    title, text = TITLES[tag]
    return (
        f'<section aria-labelledby="{tag}"><h2 id="{tag}">{escape(title)}</h2>'
        f'<p class="soft">{escape(text)}</p>{"".join(operations)}</section>'
    )


def _operation(path: str, method: str, operation: Schema, document: Schema) -> str:
    security = operation["security"]
    access = f"the scope <code>{escape(security[0]['ApiKey'][0])}</code>" if security else "no key"
    parts = [f'<p class="soft">Needs {access}. {_text(operation.get("description", ""))}</p>']
    if operation["parameters"]:
        parts.append(f"<h3>Parameters</h3><dl>{''.join(map(_parameter, operation['parameters']))}</dl>")
    sent = operation.get("requestBody", {}).get("content", {}).get(JSON_TYPE)
    if sent and (fields := _fields(sent["schema"], document)):
        parts.append(f"<h3>Body</h3>{fields}")
    curl = escape(_curl(path, method, operation))
    parts.append(f'<h3>Try it</h3><pre tabindex="0"><code>{curl}</code></pre>')
    parts.append(f"<h3>Answers</h3><dl>{_answers(operation['responses'], document)}</dl>")
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<span class="method {method}">{method.upper()}</span><span class="path">{escape(path)}</span>'
        f'<span class="says">{_text(operation["summary"])}</span></summary>'
        f'<div class="body">{"".join(parts)}</div></details>'
    )


def _parameter(parameter: Schema) -> str:
    kind = f"{_type(parameter['schema'])}, in {parameter['in']}"
    kind += ", required" if parameter.get("required") else ""
    return (
        f"<dt>{escape(parameter['name'])} <span>{escape(kind)}</span></dt>"
        f"<dd>{_text(parameter.get('description', ''))}</dd>"
    )


def _answers(responses: Schema, document: Schema) -> str:
    listed = []
    for status, response in responses.items():
        content = response.get("content", {})
        problem = PROBLEM_TYPE in content
        media = "problem" if problem else ", ".join(content) or "no content"
        shape = "" if problem or JSON_TYPE not in content else _fields(content[JSON_TYPE]["schema"], document)
        listed.append(
            f"<dt>{status} <span>{escape(media)}</span></dt><dd>{escape(response['description'])}{shape}</dd>"
        )
    return "".join(listed)


def _fields(schema: Schema, document: Schema, depth: int = 0) -> str:
    """The fields of an object, and those within them, as nested definition lists."""
    schema = _resolved(schema, document)
    if depth > 3 or "properties" not in schema:
        return ""
    rows = []
    for name, field in schema["properties"].items():
        needed = ", required" if name in schema.get("required", ()) and "default" not in field else ""
        inner = _fields(_inner(field, document), document, depth + 1)
        rows.append(
            f"<dt>{escape(name)} <span>{escape(_type(_resolved(field, document)))}{needed}</span></dt>"
            f"<dd>{_text(field.get('description', ''))}{inner}</dd>"
        )
    return f"<dl>{''.join(rows)}</dl>"


def _inner(field: Schema, document: Schema) -> Schema:
    """The schema of the object that a field holds: the field itself, the items of its list, or what is an
    object among several options, with the fields of all."""
    field = _resolved(field, document)
    if "items" in field:
        return _inner(field["items"], document)
    options = [_resolved(option, document) for option in field.get("anyOf", ())]
    objects = [option for option in options if "properties" in option]
    if len(objects) < 2:
        return objects[0] if objects else field
    return {"properties": dict(ChainMap(*(one["properties"] for one in objects)))}


def _resolved(schema: Schema, document: Schema) -> Schema:
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _type(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    name = str(schema.get("format") or schema.get("const") or schema.get("type", "anything"))
    if "minimum" in schema and "maximum" in schema:
        return f"{name} {schema['minimum']} to {schema['maximum']}"
    return name


def _text(text: str) -> str:
    """The text, escaped; what stands between backticks is shown as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _curl(path: str, method: str, operation: Schema) -> str:
    if operation["tags"] == ["webhooks"] and "requestBody" in operation:
        return _signed_curl(path, method)
    ids = {**examples.PATH, "id": examples.IDS.get(path.split("/")[1], examples.PATH["id"])}
    query = examples.QUERY.get(f"{method.upper()} {path}")
    address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path) + (f"?{query}" if query else "")
    verb = {"get": "", "head": " --head"}.get(method, f" -X {method.upper()}")
    lines = [f'curl{verb} "$URL{address}"']
    if operation["security"] or query == examples.QUERY["GET /health"]:
        lines.append('-H "X-Api-Key: $API_KEY"')
    body = examples.BODY.get(f"{method.upper()} {path}")
    if body is not None:
        text = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines += ["-H 'Content-Type: application/json'", f"--data '{text}'"]
    return " \\\n  ".join(lines)


def _signed_curl(path: str, method: str) -> str:
    """A webhook as `generic_json` takes it: signed over its bytes, in hex."""
    address = re.sub(r"{(\w+)}", lambda found: examples.PATH[found[1]], path)
    return (
        f"BODY='{json.dumps(examples.WEBHOOK)}'\n"
        """SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')\n"""
        f'curl -X {method.upper()} "$URL{address}" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        '  -H "X-Signature: $SIGNATURE" \\\n'
        '  --data "$BODY"'
    )
