"""A time for a request as a whole.

Time-outs of a socket bound each read, not the whole: a sender of a byte a second would never be late. So the
socket is shut down when the time is over, whatever is being done with it. One thread does so for all requests
of the process; a thread a request took longer to start than everything else that is our own.
"""

from __future__ import annotations

import heapq
import itertools
import socket
import threading
import time

from chalicelib.ports.web import NoAnswer


class Watchdog:
    """Shuts a socket down when the time is over, whatever is being done with it."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self.until = seconds, time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None
        self._rang = False
        self.ended = False
        _BELL.rings(self)

    def left(self) -> float:
        """Seconds. Raises TimeoutError where none are left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def over(self, sock: socket.socket) -> None:
        """Watch over this socket from now on, instead of the one before. Raises TimeoutError where it is too
        late."""
        with self._lock:
            if self._rang:
                sock.close()
                raise TimeoutError
            if self._sock is not None:
                self._sock.close()  # of one that speaks TLS now this closes nothing
            self._sock = sock

    def end(self) -> None:
        """Close the socket."""
        self.ended = True
        with self._lock:
            if self._sock is not None:
                self._sock.close()
                self._sock = None

    def told(self) -> NoAnswer | None:
        """The error that the time is over; None where it is not."""
        if not self._rang and time.monotonic() < self.until:
            return None
        return NoAnswer("late", f"no whole answer came within {self._seconds:g} s")

    def ring(self) -> None:
        """The time is over."""
        with self._lock:
            self._rang = True
            if self._sock is not None:
                try:
                    # Not SSLSocket's own, which would have the thread that reads go on without TLS
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
                except OSError:
                    return  # it is not connected, or not any more


class _Bell:
    """Rings each watchdog when its time is over, by one thread that is there from the first one on."""

    def __init__(self) -> None:
        self._set = threading.Condition()
        self._times: list[tuple[float, int, Watchdog]] = []
        self._numbers = itertools.count()  # of two with the same time, which have no order of their own
        self._thread: threading.Thread | None = None

    def rings(self, watchdog: Watchdog) -> None:
        with self._set:
            heapq.heappush(self._times, (watchdog.until, next(self._numbers), watchdog))
            if self._times[0][2] is watchdog:
                self._set.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while True:
            self._next().ring()

    def _next(self) -> Watchdog:
        """The next whose time is over. Those that ended before are dropped on the way."""
        with self._set:
            while True:
                while self._times and self._times[0][2].ended:
                    heapq.heappop(self._times)
                left = self._times[0][0] - time.monotonic() if self._times else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._times)[2]
                self._set.wait(left)


_BELL = _Bell()
