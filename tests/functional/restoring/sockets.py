"""Which sockets a process has open. For the test, and for the process itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def sockets(pid: int) -> set[str]:
    """By their inodes, as in "socket:[4711]"; another process that has the same one has inherited it."""
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # that of this folder itself
            found.add(str(file.readlink()))
    return {link for link in found if link.startswith("socket:")}
