"""That every compiled library is for the machine and the Python that will load it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from lambda_package.errors import PackageError

ELF_MACHINES = {"x86_64": 62, "arm64": 183}
"""e_machine, the half word at byte 18 of an ELF file: EM_X86_64 and EM_AARCH64,
https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html"""


def check(tree: Path, architecture: str) -> list[str]:
    """Returns the libraries in `tree`. Raises PackageError for one that Lambda could not load."""
    libraries = sorted(
        path for path in tree.rglob("*") if re.search(r"\.(so(\.\d+)*|dylib|pyd|dll)$", path.name)
    )
    wanted = f"cpython-{sys.version_info.major}{sys.version_info.minor}-"
    for library in libraries:
        place = library.relative_to(tree)
        machine = elf_machine(library.read_bytes()[:20])
        if machine != ELF_MACHINES[architecture]:
            said = {number: name for name, number in ELF_MACHINES.items()}.get(machine, "another machine")
            raise PackageError(f"{place} is for {said}, not for {architecture}; its wheel is the wrong one")
        if "cpython-" in library.name and wanted not in library.name:
            raise PackageError(
                f"{place} is for another Python than {sys.version_info.major}.{sys.version_info.minor}"
            )
    return [library.relative_to(tree).as_posix() for library in libraries]


def elf_machine(header: bytes) -> int:
    """e_machine of a file's first 20 bytes; 0 if it is no little-endian ELF file."""
    if header[:4] != b"\x7fELF" or len(header) < 20 or header[5] != 1:
        return 0
    return int.from_bytes(header[18:20], "little")
