"""What every event function does: its log lines carry its ids, and its metrics are written at the end."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib import bootstrap
from chalicelib.errors import Poison, Unavailable
from chalicelib.log_context import bound
from chalicelib.settings import SettingError

log = logging.getLogger(__name__)

_DOOR = "chalicelib.services.external"


@contextmanager
def invocation(context: Any) -> Iterator[bootstrap.UseCases]:
    """The use-cases for one invocation. What was counted is written at its end, however it ends.

    Lambda logs the message of whatever an invocation raises, and sends it to the failure destination. So only
    errors about an outage or a setting are raised as they are. Any other message may quote a customer: Poison
    is raised instead, with the error's class and the line of our code.
    """
    use = bootstrap.use_cases()
    with bound(request_id=context.aws_request_id):
        try:
            yield use
        except (Unavailable, SettingError):
            raise
        except Exception as error:
            log.error("an invocation failed", exc_info=error)
            raise Poison(f"{type(error).__name__} at {_raised_at(error)}; the log says more") from None
        finally:
            use.metrics.flush()


def _raised_at(error: BaseException) -> str:
    """The module and line of our code where the error was raised. Errors of services are all raised in
    services/external.py; of those it is the line that made the call."""
    trace = traceback.walk_tb(error.__traceback__)
    steps = ((frame.f_globals.get("__name__", ""), line) for frame, line in trace)
    ours = [f"{name}:{line}" for name, line in steps if name.startswith("chalicelib.") and name != _DOOR]
    return ours[-1]
