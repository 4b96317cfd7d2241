"""What dependencies bring and nothing reads on Lambda."""

from __future__ import annotations

import shutil
from pathlib import Path

DROPPED = (
    "triggeriq/testing",  # for plugins' tests; needs pytest
    "**/tests",
    "**/*.pyi",
    "**/*.data",  # scripts, headers and manual pages of a wheel
)
METADATA = ("METADATA", "entry_points.txt")
"""What importlib.metadata reads of a distribution, beside its licences, which stay."""


def trim(tree: Path) -> None:
    """Removes it from `tree`."""
    for pattern in DROPPED:
        for path in sorted(tree.glob(pattern)):
            _remove(path)
    for info in sorted(tree.glob("*.dist-info")):
        for path in sorted(info.iterdir()):
            if path.name not in METADATA and not path.name.lower().startswith(("licen", "notice", "copying")):
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
