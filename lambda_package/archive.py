"""The zip, the same on every machine: names in order, one date, one mode."""

from __future__ import annotations

import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Where a zip's time begins."""
MODE = 0o100644 << 16
"""A file that everybody may read: Lambda runs the code as another user than the one that unpacks it."""


def write(tree: Path, target: Path) -> None:
    """Writes every file in `tree` into the new zip `target`."""
    files = sorted((path.relative_to(tree).as_posix(), path) for path in tree.rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever it is made
            info.external_attr = MODE
            archive.writestr(info, path.read_bytes(), compresslevel=9)
