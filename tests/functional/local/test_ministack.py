"""MiniStack's start and end, with other programs in its place: tests/proof runs MiniStack itself."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from local.ministack import MiniStack
from local.ports import free_port, is_free
from local.processes import StartError
from local.system import local_aws

LISTENS = """
import os, socket, time
server = socket.create_server((os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"])))
print(dict(os.environ), flush=True)
time.sleep(600)
"""


def program(folder: Path, text: str) -> Path:
    """An interpreter that runs this whatever it is told to run."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o700)
    return path


def test_it_is_up_when_it_answers_and_gone_when_it_is_stopped(tmp_path: Path) -> None:
    one = MiniStack(tmp_path / "log", program(tmp_path, LISTENS))
    port = free_port()
    one.start(port)
    assert one.wait() == port
    assert one.running
    assert "'MINISTACK_ACCOUNT_ID': '123456789012'" in (tmp_path / "log").read_text()
    assert "AWS_" not in (tmp_path / "log").read_text()
    one.stop()
    assert not one.running
    assert is_free(port)


def test_where_it_is_not_installed_the_command_that_does_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="make ministack"):
        MiniStack(tmp_path / "log", tmp_path / "nowhere").start(0)


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    one = MiniStack(tmp_path / "log", program(tmp_path, "raise SystemExit('no such service')"))
    one.start(0)
    with pytest.raises(StartError, match="no such service"):
        one.wait()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} is taken .* LOCAL_AWS_PORT={port + 1}"):
            MiniStack(tmp_path / "log", program(tmp_path, "")).start(port)


def test_the_setting_chooses_between_the_two_and_refuses_a_third() -> None:
    assert local_aws({}) == local_aws({"LOCAL_AWS": ""}) == local_aws({"LOCAL_AWS": "moto"}) == "moto"
    assert local_aws({"LOCAL_AWS": "ministack"}) == "ministack"
    with pytest.raises(StartError, match="LOCAL_AWS must be moto or ministack; it is 'localstack'"):
        local_aws({"LOCAL_AWS": "localstack"})
