from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambda_package import machine
from lambda_package.errors import PackageError

X86_64 = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0"
ARM64 = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\xb7\0"
TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"


def test_the_header_s_machine_is_read():
    assert machine.elf_machine(X86_64) == 62
    assert machine.elf_machine(ARM64) == 183
    with Path(sys.executable).open("rb") as interpreter:
        assert machine.elf_machine(interpreter.read(20)) in machine.ELF_MACHINES.values()


@pytest.mark.parametrize("header", [b"", b"\x7fELF", b"\xcf\xfa\xed\xfe" + bytes(20), bytes(64)])
def test_what_is_no_elf_file_has_none(header):
    assert machine.elf_machine(header) == 0


@pytest.mark.parametrize(("architecture", "content"), [("x86_64", X86_64), ("arm64", ARM64)])
def test_libraries_for_the_machine_are_told(tmp_path, architecture, content):
    for name in (f"core.{TAG}-linux-gnu.so", "stable.abi3.so", "libz.so.1"):
        (tmp_path / name).write_bytes(content)
    assert machine.check(tmp_path, architecture) == [
        f"core.{TAG}-linux-gnu.so",
        "libz.so.1",
        "stable.abi3.so",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("core.so", X86_64, r"core\.so is for x86_64, not for arm64"),
        ("libz.so.1.2.13", X86_64, r"libz\.so\.1\.2\.13 is for x86_64"),
        ("core.dylib", b"\xcf\xfa\xed\xfe" + bytes(20), "for another machine"),
        ("core.pyd", b"MZ" + bytes(20), "for another machine"),
        ("core.cpython-38-aarch64-linux-gnu.so", ARM64, "for another Python than"),
    ],
)
def test_a_library_that_lambda_could_not_load_stops_it(tmp_path, name, content, said):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(content)
    with pytest.raises(PackageError, match=said):
        machine.check(tmp_path, "arm64")
