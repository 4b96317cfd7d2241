"""What is the same for every event function: ids at its beginning, numbers at its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib import bootstrap
from chalicelib.errors import Poison, TriggerIQError
from chalicelib.log_context import bound

log = logging.getLogger(__name__)


@contextmanager
def invocation(context: Any) -> Iterator[bootstrap.UseCases]:
    """The use-cases for one invocation. What was counted is written at its end, however it ends.

    Lambda logs what an invocation raises with its message, and hands it on to the destination of
    failures. So an error that is none of ours is logged here, without its words, and leaves as Poison.
    """
    use = bootstrap.use_cases()
    with bound(request_id=context.aws_request_id):
        try:
            yield use
        except TriggerIQError:
            raise
        except Exception as error:
            log.error("an invocation failed", exc_info=error)
            raise Poison(f"{type(error).__name__} in our code; the log says where") from None
        finally:
            use.metrics.flush()
