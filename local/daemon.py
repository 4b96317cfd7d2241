"""The process that holds PostgreSQL and the local AWS, so that a reload of the code keeps both.

    python -m local.daemon FOLDER --owner PID --aws-port PORT [--ministack] [--throw-away]

It runs as long as its owner does (the `chalice local` that a developer has started, or a test run). However
the owner ends, kill -9 included, it shuts PostgreSQL down and ends too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from local import aws, ministack, processes
from local.ministack import MiniStack
from local.postgres import Postgres
from local.processes import StartError
from local.state import State

LOOK_EVERY = 0.2
"""Seconds between two checks whether owner and server still run."""


class Status(NamedTuple):
    """What the daemon writes when everything runs, or why it does not."""

    pid: int
    owner: int
    aws_port: int
    error: str = ""
    """Why it does not run; empty where it does."""
    notice: str = ""
    """What the developer must be told though everything runs; empty where there is nothing."""


def read_status(state: State) -> Status | None:
    """What the last daemon wrote. It is valid only while the folder's lock is held."""
    try:
        return Status(**json.loads(state.status.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_status(state: State, status: Status) -> None:
    unfinished = state.status.with_suffix(".new")
    unfinished.write_text(json.dumps(status._asdict()))
    unfinished.rename(state.status)


class Daemon:
    """with_ministack: the local AWS is MiniStack in a process of its own, instead of moto in this one."""

    def __init__(self, state: State, owner: int, durable: bool, with_ministack: bool) -> None:
        from local.keeper import Keeper  # slow to import, and others import this module for Status

        self._state = state
        self._owner = owner
        self._postgres = Postgres(state, durable)
        self._ministack = MiniStack(state.ministack_log) if with_ministack else None
        self._keeper = Keeper(state.aws) if durable and not with_ministack else None
        self._stopping = threading.Event()

    def run(self, aws_port: int) -> None:
        """Returns when the owner has ended or a signal came. Raises StartError."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        # moto is slow to import, so PostgreSQL starts at the same time. It is started from the main thread,
        # since Linux ends a child with the thread that started it.
        served: list[tuple[int, str]] = []
        failures: list[StartError] = []

        def serve() -> None:
            try:
                served.append(self._serve_aws(aws_port))
            except StartError as error:
                failures.append(error)

        server = threading.Thread(target=serve)
        try:
            if self._ministack:
                self._ministack.start(aws_port)  # from the main thread, for the same reason
            server.start()
            self._postgres.start()
            server.join()
            if failures:
                raise failures[0]
            [(port, notice)] = served
            write_status(self._state, Status(os.getpid(), self._owner, port, notice=notice))
            while self._wanted() and not self._stopping.wait(LOOK_EVERY):
                self._keep_postgres()
                if self._keeper:
                    self._keeper.save_if_due()
        finally:
            if self._keeper:
                self._keeper.save_and_close()
            if self._ministack:
                self._ministack.stop()
            self._postgres.stop()
            shutil.rmtree(self._state.sockets, ignore_errors=True)
            self._state.status.unlink(missing_ok=True)

    def _serve_aws(self, port: int) -> tuple[int, str]:
        """The port, and a notice if something could not be restored."""
        if self._ministack:
            return self._ministack.wait(), ministack.NOTICE
        if self._keeper is None:
            return aws.serve(port), ""
        notice = self._keeper.restore()
        return aws.serve(port, self._keeper.guard), notice

    def _wanted(self) -> bool:
        return processes.alive(self._owner) and (self._ministack is None or self._ministack.running)

    def _keep_postgres(self) -> None:
        """Starts PostgreSQL again if it ended by itself, and keeps it stopped as long as a test wants
        that."""
        halted = self._state.postgres_halted.exists()
        if halted and self._postgres.running:
            self._postgres.stop()
        elif not halted and not self._postgres.running:
            try:
                self._postgres.start()
            except StartError as error:
                print(error, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--owner", type=int, required=True)
    parser.add_argument("--aws-port", type=int, required=True)
    parser.add_argument("--ministack", action="store_true", help="in place of moto")
    parser.add_argument(
        "--throw-away", action="store_true", help="the data need not survive the process, nor a power cut"
    )
    options = parser.parse_args()
    state = State(options.folder)
    with processes.locked(state.lock) as free:
        if not free:
            return 1  # whoever started this process finds out who holds the lock
        state.postgres_halted.unlink(missing_ok=True)
        code = 0
        try:
            daemon = Daemon(state, options.owner, not options.throw_away, options.ministack)
            daemon.run(options.aws_port)
        except StartError as error:
            write_status(state, Status(os.getpid(), options.owner, 0, str(error)))
            code = 1
        # At once, so that the lock is held until the ports are free; moto's threads have nothing to finish.
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
