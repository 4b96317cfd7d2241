"""Check health: ask every dependency at the same time, none for longer than three seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait

SECONDS = 3.0


def check_health(checks: Mapping[str, Callable[[], object]]) -> Mapping[str, str]:
    """For each name "ok", or what its check raised."""
    pool = ThreadPoolExecutor(max_workers=len(checks), thread_name_prefix="health")
    asked = {name: pool.submit(check) for name, check in checks.items()}
    wait(asked.values(), timeout=SECONDS)
    answers = {}
    for name, future in asked.items():
        if not future.done():
            answers[name] = f"no answer within {SECONDS:g} s"
        else:
            error = future.exception()
            answers[name] = "ok" if error is None else str(error)[:200] or type(error).__name__
    pool.shutdown(wait=False, cancel_futures=True)
    return answers
