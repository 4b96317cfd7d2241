"""What is the same for every event function: ids at its beginning, numbers at its end."""

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

    Lambda logs what an invocation raises with its message, and hands it on to the destination of
    failures. So an error leaves in its own words only where those are about an outage or a setting; any
    other may quote a customer, and leaves as Poison that names its class and its line in our code.
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
    """Module and line of ours where it was raised. Not the door, where all errors of services are raised:
    the line that went to it."""
    trace = traceback.walk_tb(error.__traceback__)
    steps = ((frame.f_globals.get("__name__", ""), line) for frame, line in trace)
    ours = [f"{name}:{line}" for name, line in steps if name.startswith("chalicelib.") and name != _DOOR]
    return ours[-1]
