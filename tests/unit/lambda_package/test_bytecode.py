from __future__ import annotations

import importlib.util
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from lambda_package import bytecode
from lambda_package.errors import PackageError

SOURCE = b'''"""Doc."""
from collections import OrderedDict
WORDS = frozenset({"alpha", "beta", "gamma", ("delta", 3.5, b"bytes"), 10**30})
def outer(argument, *, keyword="alpha"):
    cell = argument
    class Inner:
        """Also."""
        async def method(self):
            return [cell for _ in WORDS if _ in {"alpha", "os"}]
    assert Inner, "["
    return Inner
'''
ROOT = Path(__file__).parents[3]


def elsewhere(program: str, seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": seed},
        input=SOURCE.decode(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_a_module_compiles_to_the_same_bytes_whatever_else_the_process_holds():
    """Left to itself, marshal writes other bytes where a text is in use elsewhere in the process."""
    program = """
import sys
source = sys.stdin.read().encode()
{before}
from lambda_package.bytecode import compiled_module
print(compiled_module(source, "/var/task/m.py").hex())
"""
    busy = "import asyncio, json; held = [sys.intern('['), compile(source, 'other.py', 'exec')]"
    alone = elsewhere(program.format(before=""), "1")
    assert elsewhere(program.format(before=busy), "2") == alone
    assert bytecode.compiled_module(SOURCE, "/var/task/m.py").hex() == alone.strip()


def test_it_is_what_python_loads_without_a_look_at_the_source(tmp_path):
    module = tmp_path / "m.py"
    module.write_bytes(SOURCE)
    assert bytecode.compile_all(tmp_path) == 1
    module.write_text("raise SystemExit('the source was read')")
    program = "import m; print(m.__doc__, m.__cached__)"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    cached = Path("__pycache__") / f"m.{sys.implementation.cache_tag}.pyc"
    assert done.stdout.decode().split() == ["Doc.", str(tmp_path / cached)]


def test_its_header_is_that_of_pep_552():
    compiled = bytecode.compiled_module(SOURCE, "/var/task/m.py")
    assert compiled[:4] == importlib.util.MAGIC_NUMBER
    assert compiled[4:8] == b"\x01\0\0\0"
    assert compiled[8:16] == importlib.util.source_hash(SOURCE)
    code = marshal.loads(compiled[16:])
    assert code.co_filename == "/var/task/m.py"
    assert code.co_consts[0] == "Doc."  # nothing is optimised away, neither docstrings nor assertions


def test_foreign_bytecode_goes(tmp_path):
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "gone.cpython-38.pyc").write_bytes(b"old")
    (tmp_path / "sourceless.pyc").write_bytes(b"old")
    (tmp_path / "m.py").write_bytes(SOURCE)
    bytecode.compile_all(tmp_path)
    assert [path.name for path in tmp_path.rglob("*.pyc")] == [f"m.{sys.implementation.cache_tag}.pyc"]


@pytest.mark.parametrize("source", [b"def :", b"\0"])
def test_a_module_that_this_python_cannot_compile_stops_it(tmp_path, source):
    (tmp_path / "odd.py").write_bytes(source)
    with pytest.raises(PackageError, match=r"odd\.py is no module for this Python"):
        bytecode.compile_all(tmp_path)
