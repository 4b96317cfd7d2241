"""What is in the package and how large, for people."""

from __future__ import annotations

import hashlib
import platform
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One part of the package."""

    part: str
    files: int
    size: int
    """Bytes in /var/task."""
    packed: int
    """Bytes in the zip."""


def table(package: Path) -> str:
    """A row a part (a folder or file at the top; all metadata of distributions is one), then the sum, the
    SHA-256 of the zip, and the two that its bytes depend on beside the project."""
    parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with zipfile.ZipFile(package) as archive:
        for info in archive.infolist():
            parts[part_of(info.filename)].append((info.file_size, info.compress_size))
    rows = [Row(part, len(sizes), *map(sum, zip(*sizes, strict=True))) for part, sizes in parts.items()]
    rows.sort(key=lambda row: row.size, reverse=True)
    rows.append(Row("in all", *map(sum, list(zip(*rows, strict=True))[1:])))
    lines = [
        f"{'part':<24} {'files':>6} {'bytes':>12} {'zipped':>12}",
        *(f"{row.part:<24} {row.files:>6} {row.size:>12,} {row.packed:>12,}" for row in rows),
        f"{package}: {package.stat().st_size:,} bytes, made by Python {platform.python_version()}"
        f" with zlib {zlib.ZLIB_RUNTIME_VERSION}, sha256 {sha256(package)}",
    ]
    return "\n".join(lines)


def part_of(name: str) -> str:
    """What a file of the zip counts as: the folder or module at the top that it belongs to."""
    top, _, rest = name.partition("/")
    if top == "__pycache__":
        return f"{rest.partition('.')[0]}.py"
    return "*.dist-info" if top.endswith(".dist-info") else top


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
