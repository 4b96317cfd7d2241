"""The page of each source, and the list of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from chalicelib.registry import discover
from triggeriq import Source
from triggeriq.testing.page import page_of, samples_of

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "sources"
GOLDEN = ROOT / "tests" / "data" / "golden"
INDEX = """# The built-in sources

A page for each: how to set it up at the provider, how a webhook proves itself, what is taken and what is not.
[Another shape](../sources.md) needs a setting, [another provider](../plugins.md) a plugin.

| source | provider | webhooks | files | fetched |
| --- | --- | --- | --- | --- |
"""


def built_in() -> Mapping[str, type[Source]]:
    """The sources in plugins/, by name."""
    classes: list[type[Source]] = []
    for found in discover():
        if found.kind == "sources":
            import_module(found.module).register_sources(classes.append)
    return {cls.name: cls for cls in sorted(classes, key=lambda cls: cls.name)}


def pages() -> Iterator[tuple[Path, str]]:
    """Each page with its text."""
    sources = built_in()
    for name, source in sources.items():
        yield DOCS / f"{name}.md", page_of(source, list(samples_of(GOLDEN / name)))
    yield DOCS / "README.md", index(sources)


def index(sources: Mapping[str, type[Source]]) -> str:
    """Which sources there are, and by which ways each comes in."""
    rows = [
        f"| [`{name}`]({name}.md) | {source.title} | {_tick(source, 'receive')} | {_tick(source, 'read')} "
        f"| {_tick(source, 'poll')} |"
        for name, source in sources.items()
    ]
    return INDEX + "\n".join(rows) + "\n"


def _tick(source: type[Source], method: str) -> str:
    return "yes" if source.takes(method) else ""
