"""A function under AWS's runtime client, where it fails."""

from __future__ import annotations

import http.client
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local import runtime
from local.invocation import FunctionFailed, NotImportable
from local.runtime import Runtime
from local.runtime_api import VERSION, RuntimeApi

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="AWS's runtime client has wheels for Linux only; CI runs this there"
)


def test_one_that_does_not_start_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise RuntimeError('no such luck')")
    before = open_files()
    broken = Runtime(tmp_path, "broken.handler")
    with pytest.raises(NotImportable, match="no such luck"), broken:
        pass
    assert broken.pid == 0
    assert open_files() <= before


def open_files() -> set[str]:
    """Of this process, sockets among them."""
    return {f"{file.name} {file.readlink()}" for file in Path("/proc/self/fd").iterdir() if file.is_symlink()}


def test_one_that_is_late_is_ended_and_answers_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "GRACE_SECONDS", 0.3)
    (tmp_path / "late.py").write_text("import signal\n\ndef handler(event, context):\n    signal.pause()")
    with Runtime(tmp_path, "late.handler", timeout=0.1) as late:
        process = Path("/proc", str(late.pid))
        assert process.exists()
        with pytest.raises(TimeoutError):
            late.invoke({})
        assert not process.exists()
        with pytest.raises(FunctionFailed, match="the process was ended"):
            late.invoke({})


def test_of_two_processes_the_quick_one_does_not_take_both_events() -> None:
    with RuntimeApi() as api, ThreadPoolExecutor(2) as processes:
        quick = processes.submit(asked_for, api, 2)
        one, two = api.invoke_each(["one", "two"], "arn", 30.0)
        assert api.reached.get().step == "next"
        slow = processes.submit(asked_for, api, 1)
        (second,) = slow.result()
        (again,) = api.invoke_each(["again"], "arn", 30.0)
        first, then = quick.result()
    assert {first, second} == {one, two}
    assert then == again


def asked_for(api: RuntimeApi, times: int) -> list[str]:
    """The request ids of the events that a process which is done at once has got, one after another."""
    connection = http.client.HTTPConnection(api.address, timeout=30)
    got = []
    for _ in range(times):
        connection.request("GET", f"{VERSION}invocation/next")
        answer = connection.getresponse()
        answer.read()
        got.append(answer.headers["Lambda-Runtime-Aws-Request-Id"])
    connection.close()
    return got
