"""Turns boto's errors into ours."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.errors import Poison, TriggerIQError, Unavailable

# Faults of the request itself: trying again, later or elsewhere, gives the same answer.
_OURS = {
    "SerializationException",
    "ValidationException",
    "ValidationError",
    "InvalidParameterValue",
    "InvalidMessageContents",
    "MessageTooLong",
    "BatchRequestTooLong",
    "AWS.SimpleQueueService.BatchRequestTooLong",
    "EntityTooLarge",
    "InvalidCiphertextException",
}


def aws_errors(service: str) -> Callable[[Exception], Exception | None]:
    """A translation for `external`. A request that AWS refuses for its content is Poison. All other errors of
    boto are Unavailable (throttled, 5xx, no connection, no credentials, no permission, no such table): an
    operator mends that while the backlog waits. Errors that are ours already, or not boto's, stay as they
    are."""

    def translate(error: Exception) -> Exception | None:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        if isinstance(error, TriggerIQError):
            return None
        if isinstance(error, ParamValidationError):
            return Poison(f"{service} was asked for what can't be: {_parameters(error)}")
        if isinstance(error, ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            if code in _OURS:
                return Poison(f"{service} refused the request: {code}")
            return Unavailable(service, code or "error without a code")
        if isinstance(error, BotoCoreError):
            return Unavailable(service, type(error).__name__)
        return None

    return translate


_PARAMETER = re.compile(
    r'^\w+(?: \w+)* (?:for parameter|parameter in) ([\w.\[\]]+)(?:: "(\w+)")?', re.M | re.ASCII
)


def _parameters(error: Exception) -> str:
    """Names of the parameters that botocore refused; its own text quotes their values."""
    found = [".".join(filter(None, names)) for names in _PARAMETER.findall(str(error))]
    return ", ".join(dict.fromkeys(found)) or "a parameter"
