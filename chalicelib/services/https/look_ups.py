"""Names are looked up aside: a look-up can't be stopped, so one that takes too long is left behind."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

LookUp = Callable[[], Sequence[str]]
Answer = Sequence[str] | Exception


class LookUps:
    """Threads that look names up, as many as there are look-ups at a time; each is used again."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[LookUp, queue.SimpleQueue[Answer]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0

    def within(self, seconds: float, look_up: LookUp) -> Sequence[str]:
        """What the look-up gives, or raises. Raises TimeoutError where that takes longer."""
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        with self._lock:
            if self._free:
                self._free -= 1
            else:
                threading.Thread(target=self._work, name="look-up", daemon=True).start()
        self._asked.put((look_up, answers))
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _work(self) -> None:
        while True:
            look_up, answers = self._asked.get()
            try:
                answer: Answer = look_up()
            except Exception as error:  # whatever it is, it belongs to whoever waits
                answer = error
            with self._lock:
                self._free += 1
            answers.put(answer)
