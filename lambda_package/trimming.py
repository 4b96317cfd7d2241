"""What dependencies bring and nothing reads on Lambda."""

from __future__ import annotations

import shutil
from pathlib import Path

DROPPED = (
    "triggeriq/testing",  # for plugins' tests; needs pytest
    "**/tests",
    "**/*.pyi",
    "*.data",  # scripts, headers and manual pages of a wheel
)
METADATA = ("METADATA", "entry_points.txt")
"""What importlib.metadata reads of a distribution."""
LICENCES = ("licen", "notice", "copying")
"""How the names of those files and folders begin."""


def drop_unused(tree: Path) -> None:
    """Removes it from `tree`."""
    for pattern in DROPPED:
        for path in sorted(tree.glob(pattern)):
            _remove(path)


def drop_records(tree: Path) -> None:
    """Removes what only an installer asks for: which files a distribution had, who installed it."""
    for path in sorted(tree.glob("*.dist-info/*")):
        if path.name not in METADATA and not path.name.lower().startswith(LICENCES):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)  # it may have lain in a folder that is gone
