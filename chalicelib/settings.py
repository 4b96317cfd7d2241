"""What can be set, and the only reader of the environment."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

PREFIX = "TRIGGERIQ_"
OPEN_STAGES = ("dev", "local")
"""Stages on which a browser may call from any origin unless a list is set."""
SCOPES = ("ingest", "read", "write", "admin")
"""What a caller may be given; chalicelib/domain/operations/access.py says what each opens."""


class SettingError(Exception):
    """A setting is wrong; the message names it and says what it may be."""


class IamCaller(NamedTuple):
    """Whom an AWS identity stands for, on routes that take AWS's signature."""

    arn: str
    """Of its IAM role or user."""
    owner: str
    scopes: tuple[str, ...]
    connections: tuple[str, ...] | None = None
    """The patterns that it is restricted to, as those of an API key; None: it is not restricted."""


class Settings(NamedTuple):
    """Immutable; each field is the environment variable TRIGGERIQ_<FIELD>, see docs/settings.md."""

    stage: str = "dev"
    function: str = "api"
    database: str = ""
    database_master_secret: str = ""
    load_plugins: tuple[str, ...] = ()
    disabled_plugins: tuple[str, ...] = ()
    uploads_bucket: str = ""
    artifacts_bucket: str = ""
    kms_key: str = ""
    cors_origins: tuple[str, ...] = ()
    public_url: str = ""
    iam_callers: tuple[IamCaller, ...] = ()
    connection_cache_seconds: float = 60.0
    key_cache_seconds: float = 30.0
    plugin_seconds: float = 2.0
    park_seconds: tuple[int, ...] = (30, 60, 120, 300, 600)
    retry_seconds: tuple[int, ...] = (5, 15, 45, 135)
    reconnect_seconds: float = 5.0
    unpacked_limit: int = 2_000_000_000
    relay_grace_seconds: float = 10.0
    import_backlog: int = 2_000
    trace_plugins: bool = False
    delivery_allow: tuple[str, ...] = ()
    delivery_sources: tuple[str, ...] = ()
    delivery_schedule: tuple[int, ...] = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
    poll_request_seconds: float = 30.0
    inbox_waiting: int = 5


@cache
def current() -> Settings:
    """This process's settings, read from its environment once. Raises SettingError."""
    return from_env(os.environ)


def trace_header() -> str:
    """X-Ray's tracing header of this invocation, which Lambda sets anew for each; "" elsewhere.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return os.environ.get("_X_AMZN_TRACE_ID", "")


def for_snapshot() -> bool:
    """Whether this start is kept as a snapshot (SnapStart), from which later processes begin.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def from_env(environment: Mapping[str, str]) -> Settings:
    """Settings from TRIGGERIQ_… variables. Raises SettingError, naming the variable."""
    given: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in _READERS or variable != variable.upper():
            raise SettingError(f"{variable} is no setting{_hint(variable)}; docs/settings.md lists them all")
        try:
            given[name] = _READERS[name](text.strip())
        except ValueError as error:
            was = "not what it must be" if name == "database" else repr(text)  # it may hold a password
            raise SettingError(f"{variable} is {was}; it must be {error}") from None
    stage = given.get("stage", Settings().stage)
    return Settings(**{**_of_stage(stage), **given})


def _of_stage(stage: str) -> dict[str, Any]:
    """The defaults that contain the stage's name, as Terraform and local/ name the resources."""
    return {
        "uploads_bucket": f"triggeriq-{stage}-uploads",
        "artifacts_bucket": f"triggeriq-{stage}-artifacts",
        "kms_key": f"alias/triggeriq-{stage}",
        "cors_origins": ("*",) if stage in OPEN_STAGES else (),
        "delivery_allow": ("127.0.0.0/8", "::1/128") if stage == "local" else (),
    }


def _hint(variable: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(variable.upper(), [PREFIX + name.upper() for name in _READERS], 1, 0.8)
    return f" (did you mean {close[0]}?)" if close else ""


# Each reader takes the text of one variable, and raises ValueError saying what it must be.


def _matching(pattern: str, wanted: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(wanted)
        return text

    return read


def _function(text: str) -> str:
    from chalicelib.functions import FUNCTIONS  # no other setting needs them

    if text not in FUNCTIONS:
        raise ValueError(f"one of {', '.join(FUNCTIONS)}")
    return text


def _address(text: str) -> str:
    if not re.fullmatch(r"(https?://[^\s/?#@]+(/[^\s?#]*)?)?", text):
        raise ValueError("an address such as https://api.example.com")
    return text.rstrip("/")


def _listed(pattern: str, wanted: str) -> Callable[[str], tuple[str, ...]]:
    item = _matching(pattern, wanted)
    return lambda text: tuple(item(part.strip()) for part in text.split(",") if part.strip())


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII) else -1.0
        if not least <= value <= most:
            raise ValueError(f"seconds between {least:g} and {most:g}")
        return value

    return read


def _count(least: int, most: int, what: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else -1
        if not least <= value <= most:
            raise ValueError(f"{what} between {least} and {most}")
        return value

    return read


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("1 (on) or 0 (off)")
    return text == "1"


def _pauses(most: int) -> Callable[[str], tuple[int, ...]]:
    def read(text: str) -> tuple[int, ...]:
        pause = _count(0, most, "seconds")
        try:
            values = tuple(pause(part.strip()) for part in text.split(","))
        except ValueError:
            values = ()
        if not values or list(values) != sorted(values):
            raise ValueError(f"growing whole seconds of at most {most}, separated by commas")
        return values

    return read


def _networks(text: str) -> tuple[str, ...]:
    from ipaddress import ip_network  # no other setting needs it

    try:
        return tuple(str(ip_network(part.strip())) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("networks such as 10.1.0.0/16, separated by commas") from None


def _iam_callers(text: str) -> tuple[IamCaller, ...]:
    try:
        return tuple(_iam_caller(arn, **granted) for arn, granted in json.loads(text or "{}").items())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            'JSON such as {"arn:aws:iam::123456789012:role/desk": {"owner": "desk", "scopes": ["read"]}}, '
            f"with scopes of {', '.join(SCOPES)} and, where wanted, connections (csv/shop, csv/*); "
            "the owner is another than triggeriq"
        ) from None


def _iam_caller(
    arn: str, *, owner: str, scopes: Iterable[str], connections: Iterable[str] | None = None
) -> IamCaller:
    return IamCaller(
        _IAM_ARN(arn),
        _OWNER(owner),
        tuple(map(_SCOPE, scopes)),
        None if connections is None else tuple(map(_CONNECTION, connections)),
    )


_PLUGINS = _listed(r"[A-Za-z0-9_.-]{1,100}", "names of plugins, separated by commas")
_IAM_ARN = _matching(r"arn:[a-z-]+:iam::\d{12}:(role|user)/[\w+=,.@/-]+", "the ARN of an IAM role or user")
_OWNER = _matching(r"(?!triggeriq$)\S(.{0,198}\S)?", "a name of one line, and not triggeriq itself")
_SCOPE = _matching("|".join(SCOPES), "a scope")
_CONNECTION = _matching(r"[a-z0-9_-]{1,64}/([a-z0-9_-]{1,64}|\*)", "source/connection or source/*")
_BUCKET = _matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of an S3 bucket")

_READERS: dict[str, Callable[[str], Any]] = {
    "stage": _matching(r"[a-z][a-z0-9-]{0,19}", "a short name such as dev or prod: a-z, 0-9 and -"),
    "function": _function,
    "database": _matching(r"(postgres(ql)?://\S+)?", "a URL such as postgresql://user@host:5432/name"),
    "database_master_secret": _matching(
        r"(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+)?", "the ARN of a secret"
    ),
    "load_plugins": _PLUGINS,
    "disabled_plugins": _PLUGINS,
    "uploads_bucket": _BUCKET,
    "artifacts_bucket": _BUCKET,
    "kms_key": _matching(r"[A-Za-z0-9:/_-]{1,200}", "the id, ARN or alias/… of a KMS key"),
    "cors_origins": _listed(
        r"\*|https?://[^\s/,]+", "origins (https://desk.example.com), separated by commas"
    ),
    "public_url": _address,
    "iam_callers": _iam_callers,
    "connection_cache_seconds": _seconds(0, 3600),
    "key_cache_seconds": _seconds(0, 3600),
    "plugin_seconds": _seconds(0.05, 60),
    "park_seconds": _pauses(900),
    "retry_seconds": _pauses(43_200),
    "reconnect_seconds": _seconds(0, 60),
    "unpacked_limit": _count(1, 10**12, "bytes"),
    "relay_grace_seconds": _seconds(0, 600),
    "import_backlog": _count(1, 10**9, "messages"),
    "trace_plugins": _switch,
    "delivery_allow": _networks,
    "delivery_sources": _networks,
    "delivery_schedule": _pauses(604_800),
    "poll_request_seconds": _seconds(0.1, 60),
    "inbox_waiting": _count(0, 1_000, "readers"),
}
