"""Finds plugins: those in the folder `plugins/`, and those of installed distributions with an entry point in
the group `triggeriq`. A package has a manifest that lists them with what each is there for, since looking for
them costs a cold start some 18 ms, and loading one that nobody asks for as much as it likes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

GROUP = "triggeriq"
BUILT_IN = "built-in"
"""The origin of what lies in `plugins/`."""
SOURCES_HOOK = "register_sources"
"""The one hook that is no stage of triage."""
ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "plugins" / "manifest.json"
FOLDERS = ("sources", "classifiers")


class Found(NamedTuple):
    """A plugin that can be loaded."""

    name: str
    module: str
    """Its dotted path."""
    origin: str
    """"built-in", or the distribution and its version."""
    kind: str = ""
    """"sources" or "classifiers" for ours; "" for others, which may be both."""
    hooks: tuple[str, ...] | None = None
    """Those that it implements; None: nobody knows before it is loaded, and so with `sources`."""
    sources: tuple[str, ...] | None = None
    """Names of those that it registers."""

    def may_give(self, source: str) -> bool:
        return source in self.sources if self.sources is not None else self.may_give_sources()

    def may_give_sources(self) -> bool:
        return bool(self.sources) if self.sources is not None else self.kind != "classifiers"

    def may_triage(self) -> bool:
        """Whether it may implement a stage of triage."""
        return (
            self.kind != "sources" if self.hooks is None else any(one != SOURCES_HOOK for one in self.hooks)
        )


def discover(manifest: Path = MANIFEST, root: Path = ROOT) -> tuple[Found, ...]:
    """All plugins there are, ours first. Imports none of them."""
    if manifest.exists():
        return tuple(map(_listed, json.loads(manifest.read_text(encoding="utf-8"))))
    return (*_built_in(root), *_installed())


def as_manifest(found: Iterable[Found]) -> str:
    """What a package carries so that it need not scan."""
    return json.dumps([one._asdict() for one in found], indent=1)


def _listed(row: dict[str, Any]) -> Found:
    lists: Any = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Found(**{**row, **lists})


def _built_in(root: Path) -> Iterator[Found]:
    for folder in FOLDERS:
        for file in sorted((root / "plugins" / folder).glob("*.py")):
            if not file.stem.startswith("_"):
                yield Found(file.stem, f"plugins.{folder}.{file.stem}", BUILT_IN, folder)


def _installed() -> Iterator[Found]:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown"
        yield Found(point.name, point.value, origin)
