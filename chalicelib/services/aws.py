"""botocore's clients of AWS, all made from one session. Making a client is not thread-safe, and each further
session costs some 40 ms. A client is made at its first call, or before by `make`."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from chalicelib.errors import Unavailable

_READ_SECONDS = {"s3": 10, "dynamodb": 1.5}
"""How long an answer may take; S3 moves megabytes, DynamoDB answers in milliseconds or not at all."""

USER_AGENT = "TriggerIQ/1 (botocore)"
"""What AWS's logs say of who asks."""

_lock = threading.RLock()
_session: Any = None
_clients: dict[str, Any] = {}


class _AtFirstCall:
    """A client that is made when something of it is asked for."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Any:
        return getattr(_made(self._service), name)


def client(service: str) -> Any:
    """The process's client of an AWS service ("sqs", "s3", …). Endpoint, region and credentials are
    what botocore finds in the environment.

    Time-outs are short and retries few: a function must find out well before its own deadline that a
    dependency hangs, so that it can park what it holds.
    """
    return _AtFirstCall(service)


def make(services: Iterable[str]) -> None:
    """Make these clients now, and load what their first connection would load."""
    import encodings.idna  # noqa: F401

    for service in services:
        _made(service)


def forget() -> None:
    """Close all connections and forget the credentials; the next call finds both anew."""
    for made in _clients.values():
        made.close()
    if _session is not None:
        _session.get_credentials().forget()


def _made(service: str) -> Any:
    if service not in _clients:
        with _lock:
            if service not in _clients:
                _clients[service] = _make(service)
    return _clients[service]


def database_token(host: str, port: int, user: str, region: str | None) -> str:
    """The token that RDS takes instead of a password from a user with the role rds_iam. It is signed here
    without a call, and valid for 15 minutes. region: None for the session's own. Raises Unavailable where
    there are no credentials.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    botocore's own generate_db_auth_token does the same, but needs a client of RDS, which loads a megabyte.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.model import ServiceId
    from botocore.signers import RequestSigner

    request = {
        "method": "GET",
        "url": f"https://{host}:{port}/?Action=connect&DBUser={quote(user)}",
        "body": {},
        "headers": {},
        "context": {},
    }
    try:
        with _lock:
            session = _the_session()
            credentials = session.get_credentials()
        region = region or session.get_config_variable("region")
        events = session.get_component("event_emitter")
        signer = RequestSigner(ServiceId("RDS"), region, "rds-db", "v4", credentials, events)
        signed: str = signer.generate_presigned_url(request, operation_name="connect", expires_in=900)
    except BotoCoreError as error:
        raise Unavailable("credentials", f"no token can be signed: {type(error).__name__}") from error
    return signed.removeprefix("https://")


def _the_session() -> Any:
    global _session
    if _session is None:
        from botocore.session import get_session

        from chalicelib.services.aws_credentials import LookedUp

        _session = get_session()
        resolver = _session.get_component("credential_provider")
        _session.register_component("credential_provider", LookedUp(resolver))
    return _session


def _of_s3(elsewhere: bool) -> dict[str, Any]:
    """What S3 needs: addresses of the region, since botocore would sign forms for an address that leads a new
    bucket's senders round, and the newer signature in every region. elsewhere: whether it is not AWS's own,
    but one that knows no host for each bucket."""
    return {
        "signature_version": "s3v4",
        "s3": {"addressing_style": "path" if elsewhere else "virtual"},
    }


def _make(service: str) -> Any:
    from botocore.config import Config

    session = _the_session()
    config = Config(
        connect_timeout=1,
        read_timeout=_READ_SECONDS.get(service, 3),
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=32,
        user_agent=USER_AGENT,  # botocore would put its own together anew for each call
        # A delivery is five calls: to look at every part of each takes a tenth of its time. AWS looks, too.
        parameter_validation=service != "dynamodb",
        **(_of_s3(bool(session.get_config_variable("endpoint_url"))) if service == "s3" else {}),
    )
    return session.create_client(service, config=config)
