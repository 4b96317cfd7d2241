"""Finds plugins: those in the folder `plugins/`, and those of installed distributions with an entry point in
the group `triggeriq`. A package has a manifest that lists them, since looking for them costs a cold start
some 18 ms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GROUP = "triggeriq"
BUILT_IN = "built-in"
"""The origin of what lies in `plugins/`."""
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


def discover(manifest: Path = MANIFEST, root: Path = ROOT) -> tuple[Found, ...]:
    """All plugins there are, ours first. Imports none of them."""
    if manifest.exists():
        return tuple(Found(**row) for row in json.loads(manifest.read_text(encoding="utf-8")))
    return (*_built_in(root), *_installed())


def as_manifest(found: tuple[Found, ...]) -> str:
    """What a package carries so that it need not scan."""
    return json.dumps([one._asdict() for one in found], indent=1)


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
