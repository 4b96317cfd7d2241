"""What the documentation says of the code is so, its links lead somewhere, and its examples run."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib import errors, settings
from chalicelib.domain.intake import feedback, file_import
from chalicelib.domain.tickets import facets
from chalicelib.pipeline.intake import give_back, ingest, read_file
from chalicelib.pipeline.tickets import attachments
from chalicelib.services.postgres import search_index
from triggeriq import Scheme, Source, hookspecs

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PLUGINS = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
FUNCTIONS = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
RESOURCES = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))
HOOKS = {name: hook for name, hook in vars(hookspecs).items() if hasattr(hook, "triggeriq_spec")}


def table(page: str, first: str) -> list[list[str]]:
    """The rows of the page's table whose head begins with `first`; code without its backticks."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert found, f"there is no table that begins with {first}"
    return [
        [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for line in found[1].splitlines()
    ]


def anchors(page: Path) -> set[str]:
    """Names under which GitHub makes a page's headings known."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_are_there(page):
    named = re.findall(r"`([\w./]+/[\w./]*)`", page.read_text(encoding="utf-8"))
    ours = [path for path in named if path.split("/")[0] in ("chalicelib", "local", "tests", "triggeriq")]
    assert [path for path in ours if not (ROOT / path).exists()] == []


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    decisions = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [page.name for page in ROOT.glob("docs/*.md") if f"({page.name})" not in index] == ["README.md"]
    numbered = sorted(page.name for page in ROOT.glob("docs/decisions/0*.md"))
    assert re.findall(r"\((0[^)]+\.md)\)", decisions) == numbered


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_has_every_command_that_is_named(page):
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", blocks, re.MULTILINE)
    assert set(named) <= rules


def test_the_functions_are_those_of_functions_json():
    told = [row[:5] for row in table(ARCHITECTURE, "function")]
    assert told == [
        [name, one["handler"], str(one["memory"]), str(one["timeout"]), "yes" if one["vpc"] else "no"]
        for name, one in FUNCTIONS.items()
    ]
    for row, one in zip(table(ARCHITECTURE, "function"), FUNCTIONS.values(), strict=True):
        trigger = one["trigger"]
        if "sqs" in trigger:
            assert row[5] == f"queue {trigger['sqs']}, {trigger['batch']} at a time"
        elif "s3" in trigger:
            assert row[5] == f"S3: {', '.join(trigger['prefixes'])} in {trigger['s3']}"
        elif "schedule" in trigger:
            assert row[5] == trigger["schedule"]


def test_the_resources_are_those_of_resources_json():
    kinds = {
        "queue": RESOURCES["queues"],
        "bucket": RESOURCES["buckets"],
        "table": RESOURCES["tables"],
        "rule": RESOURCES["bus"]["rules"],
    }
    told = [row[0] for row in table(ARCHITECTURE, "resource")]
    assert told == [f"{kind} {name}" for kind, names in kinds.items() for name in names]


def test_the_layers_are_those_that_are_checked():
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").split("layers =\n")[1]
    layers = [line.strip() for line in lines.split("exhaustive_ignores")[0].splitlines()]
    assert "```\n" + "\n".join(layers) + "\n```" in ARCHITECTURE


def test_every_error_is_documented_with_what_comes_of_it():
    kinds = [
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind) and kind not in (errors.TriggerIQError, errors.Refused)
    ]
    told = {row[0]: (int(row[1]), row[2]) for row in table(ARCHITECTURE, "error")}
    assert told == {
        kind.__name__: (errors.status_of(one), errors.reaction_to(one))
        for kind in kinds
        if issubclass(kind, errors.TriggerIQError)
        for one in [kind.__new__(kind)]
    }


def test_the_limits_are_those_of_the_code():
    told = {row[0]: row[1].split(" ")[0].replace(",", "") for row in table(ARCHITECTURE, "of")}
    defaults = settings.Settings()
    in_force = {
        "a webhook's body": Source.max_body,
        "items of one event that are dealt with at once; the rest follows": ingest.PART,
        "items of one event": ingest.ITEMS_LIMIT,
        "facets of plugins' own, of one ticket": facets.FACETS_MOST,
        "a review file, as stored": file_import.FILE_LIMIT,
        "a packed file above which it is unpacked to parts": read_file.LARGE,
        "a packed file, unpacked": defaults.unpacked_limit,
        "a mail": file_import.MAIL_LIMIT,
        "bad rows in one answer": give_back.ROWS_LIMIT,
        "bad rows one after the other, after which a file is given up": read_file.BAD_LIMIT,
        "text of a feedback, and what it quotes": feedback.TEXT_LIMIT,
        "names of a feedback's conversation": feedback.THREADS_MOST,
        "attachments of a feedback": feedback.ATTACHMENTS_MOST,
        "an attachment's address": attachments.SECONDS,
        "a title, a name, an id, an address": feedback.LINE_LIMIT,
        "attributes of a feedback": feedback.ATTRIBUTES_LIMIT,
        "words of a ticket that search knows": search_index.WORDS_LIMIT,
        "a connection is remembered": defaults.connection_cache_seconds,
        "an API key is remembered": defaults.key_cache_seconds,
    }
    assert {name: told[name] for name in in_force} == {
        name: f"{limit:.0f}" for name, limit in in_force.items()
    }


def test_every_hook_is_documented_with_its_arguments():
    told = [row[0] for row in table(PLUGINS, "hook")]
    assert told == [
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for name, hook in HOOKS.items()
    ]


def test_every_field_of_a_scheme_is_documented_with_its_default():
    page = (ROOT / "docs/verification.md").read_text(encoding="utf-8")
    told = [(row[0], row[1]) for row in table(page, "field")]
    assert told == [
        (field.name, "" if field.name == "header" else shown_default(field.default))
        for field in fields(Scheme)
    ]
    code = "".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    assert [field.name for field in fields(Scheme) if f"{field.name}=" not in code] == ["kind", "tolerance"][
        :1
    ]
    placeholders = {name for row in table(page, "placeholder") for name in row[0].split(", ")}
    assert placeholders == {"{body}", "{timestamp}", "{id}", "{url}", "{method}", "{form}"}


def shown_default(value: object) -> str:
    """As the code writes it."""
    return f'"{value}"' if isinstance(value, str) else str(value).replace("b'", 'b"').replace("}'", '}"')


def test_every_part_of_a_source_is_documented():
    public = {name: part for name, part in vars(Source).items() if not name.startswith("_")}
    attributes = list(Source.__annotations__)
    methods = [
        f"{name}({', '.join(p for p in inspect.signature(getattr(Source, name)).parameters if p != 'self')})"
        for name in public
        if name not in attributes
    ]
    assert [row[0] for row in table(PLUGINS, "attribute")] == attributes
    assert sorted(row[0] for row in table(PLUGINS, "method")) == sorted(methods)
