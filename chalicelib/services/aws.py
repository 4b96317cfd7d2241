"""boto clients, made on first use from one botocore session: making one is not thread-safe, and each
session beyond the first costs some 40 ms."""

from __future__ import annotations

import threading
from typing import Any

_READ_SECONDS = {"s3": 10, "dynamodb": 1.5}
"""How long an answer may take; S3 moves megabytes, DynamoDB answers in milliseconds or not at all."""

_lock = threading.RLock()
_session: Any = None
_clients: dict[str, Any] = {}


def client(service: str) -> Any:
    """The process's client of an AWS service ("sqs", "s3", …). Endpoint, region and credentials are
    what botocore finds in the environment.

    Time-outs are short and retries few: a function must find out well before its own deadline that a
    dependency hangs, so that it can park what it holds.
    """
    if service not in _clients:
        with _lock:
            if service not in _clients:
                _clients[service] = _make(service)
    return _clients[service]


def _make(service: str) -> Any:
    global _session
    from botocore.config import Config
    from botocore.session import get_session

    _session = _session or get_session()
    config = Config(
        connect_timeout=1,
        read_timeout=_READ_SECONDS.get(service, 3),
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=32,
        s3={"addressing_style": "path"}
        if service == "s3" and _session.get_config_variable("endpoint_url")
        else None,
    )
    return _session.create_client(service, config=config)
