"""Compiled modules, the same on every machine.

Chalice ships none that Python could use: its zip dates every source 1980, so those with a time in them
are stale. Those made here hold no time and are not checked (PEP 552), and their tracebacks say /var/task.
"""

from __future__ import annotations

import importlib.util
import marshal
import shutil
import sys
import warnings
from pathlib import Path
from types import CodeType
from typing import Any

from lambda_package.errors import PackageError

TASK = "/var/task"
"""Where Lambda unpacks the zip."""
UNCHECKED = (0b01).to_bytes(4, "little")
"""PEP 552: bit 0, made from the source's hash; bit 1 not set, the source is not looked at."""


def compile_all(tree: Path) -> int:
    """Puts the bytecode of this interpreter beside every module in `tree`, in place of whatever was there.
    Returns how many there are. Raises PackageError for a module that this Python can't compile."""
    for folder in list(tree.rglob("__pycache__")):
        shutil.rmtree(folder)
    for foreign in list(tree.rglob("*.pyc")):
        foreign.unlink()
    sources = sorted(tree.rglob("*.py"))
    for source in sources:
        place = source.relative_to(tree).as_posix()
        try:
            compiled = compiled_module(source.read_bytes(), f"{TASK}/{place}")
        except (SyntaxError, ValueError) as error:
            raise PackageError(f"{place} is no module for this Python: {error}") from error
        target = Path(importlib.util.cache_from_source(str(source), optimization=""))
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(compiled)
    return len(sources)


def compiled_module(source: bytes, path: str) -> bytes:
    """The .pyc of a module; the same for the same source, path and Python version. Raises SyntaxError, and
    ValueError for what is no text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    header = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(source)
    return header + marshal.dumps(_interned(code))


def _interned(value: Any) -> Any:
    """The same constant with all its texts interned. marshal writes which of them are, and that depends on
    what else the process has in use: "[" may be, and of two equal names the later is not."""
    if isinstance(value, CodeType):
        return value.replace(co_consts=_interned(value.co_consts))
    if isinstance(value, tuple | frozenset):
        return type(value)(_interned(part) for part in value)
    return sys.intern(value) if isinstance(value, str) else value
