"""Saves what the local AWS holds in a file, and restores it at the next start."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import snapshot
from local.processes import StartError

PAUSE = 2.0
"""The least seconds between two saves."""
SHARE = 0.02
"""The share of the time that saving may take: what takes long to save is saved less often."""
PATIENCE = 0.1
"""Seconds that a save waits for requests that are being answered; new ones are held up meanwhile."""
LAST_PATIENCE = 2.0
LAST_ATTEMPTS = 5

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""WSGI's, PEP 3333."""


class Keeper:
    """restore() must be called before the first request, the other methods at any time. Requests pass through
    guard()."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._gate = Gate()
        self._restored = False
        self._earliest = 0.0

    def restore(self) -> str:
        """Returns what the developer must be told, if anything: a file that can't be read is set aside.

        Raises StartError if the file may not be read or set aside.
        """
        notice = ""
        try:
            if self._file.exists():
                notice = self._put_back()
        except OSError as error:
            raise StartError(f"can't restore the local AWS: {error}") from error
        self._restored = True
        return notice

    def _put_back(self) -> str:
        try:
            snapshot.put_back(self._file.read_bytes())
        except snapshot.UnreadableError as error:
            aside = self._file.with_suffix(".unreadable")
            self._file.replace(aside)
            return f"the local AWS starts empty: {error}. The file is now {aside}"
        return ""

    def guard(self, application: Application) -> Application:
        """The application, held up while its state is saved."""

        def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            # The pump nearly always waits in one of these. What it receives is restored as visible anyway.
            if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage":
                self._gate.wait()
                return application(environ, start_response)
            with self._gate.passed():
                return application(environ, start_response)

        return guarded

    def save_if_due(self) -> None:
        """Saves what has changed, if the last save is long enough ago. If that fails, it is tried again
        later."""
        began = time.monotonic()
        if not self._gate.changed or began < self._earliest:
            return
        with self._gate.closed(PATIENCE) as empty:
            taken = self._take() if empty else b""
        self._write(taken)
        self._earliest = time.monotonic() + max(PAUSE, (time.monotonic() - began) / SHARE)

    def save_and_close(self) -> None:
        """Saves the state that all requests until now have left. Later requests get no answer."""
        if not self._restored:
            return  # nothing was restored yet, and the file must stay as it is
        with self._gate.closed(LAST_PATIENCE, for_good=True):
            for _ in range(LAST_ATTEMPTS):
                if self._write(self._take()):
                    return

    def _take(self) -> bytes:
        """The state; empty if it can't be read now, for instance because a message was handed out
        meanwhile."""
        try:
            taken = snapshot.take()
        except Exception as error:
            print(f"the local AWS was not saved: {error!r}", file=sys.stderr, flush=True)
            return b""
        self._gate.changed = False
        return taken

    def _write(self, taken: bytes) -> bool:
        if not taken:
            return False
        try:
            snapshot.write(self._file, taken)
        except OSError as error:
            self._gate.changed = True
            print(f"the local AWS was not saved: {error}", file=sys.stderr, flush=True)
            return False
        return True


class Gate:
    """Lets requests through, or holds them up. changed: whether a request has come since it was set to
    False."""

    def __init__(self) -> None:
        self.changed = False
        self._condition = threading.Condition()
        self._open = True
        self._inside = 0

    def wait(self) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._open)

    @contextmanager
    def passed(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: self._open)
            self._inside += 1
            self.changed = True
        try:
            yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextmanager
    def closed(self, patience: float, for_good: bool = False) -> Iterator[bool]:
        """Holds up new requests. Yields whether those inside have ended within `patience` seconds."""
        with self._condition:
            self._open = False
            empty = self._condition.wait_for(lambda: not self._inside, patience)
        try:
            yield empty
        finally:
            if not for_good:
                with self._condition:
                    self._open = True
                    self._condition.notify_all()
