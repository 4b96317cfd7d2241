"""Makes our three kinds of error of boto's."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.errors import Poison, TriggerIQError, Unavailable

# What a request can be guilty of itself: trying again, later or elsewhere, gives the same answer.
_OURS = {
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
    """A translation for `external`: a refused request is Poison, all else of boto's is Unavailable
    (throttled, 5xx, no connection, no credentials, no permission, no such table: what an operator
    mends while the backlog waits). Errors that are ours already, or not of boto's, pass."""

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
