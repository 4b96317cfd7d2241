"""Writes what the local AWS holds into a file, and reads it back: moto itself keeps nothing.

The file is a line of JSON that says which version can read the rest, and a pickle of moto's own objects. The
keys of KMS are in it, so only its owner may read it.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from local.catalogue import ACCOUNT, REGION

FORMAT = 2
PLACES = {"dynamodb": REGION, "kms": REGION, "s3": "aws", "secretsmanager": REGION, "sqs": REGION}
"""The services whose data is saved, and moto's name for where that is. They refer to each other only by name.
The bus has no data but its archive; its rules are made again at each start. SSM's parameters can't be
pickled, and begin empty."""


class UnreadableError(Exception):
    """The file is not one that this version can read."""


class Pickler(pickle.Pickler):
    """Can also pickle the two kinds of objects in moto's state that can't be pickled by themselves."""

    def reducer_override(self, value: object) -> Any:
        # A queue's: the threads that wait for it do not exist later
        if isinstance(value, threading.Condition):
            return threading.Condition, ()
        if isinstance(value, RSAPrivateKey | EllipticCurvePrivateKey):  # moto gives one to every KMS key
            der = value.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            return _private_key, (der,)
        return NotImplemented


def _private_key(der: bytes) -> object:
    return load_der_private_key(der, password=None)


def take() -> bytes:
    """The state of moto in this process. Raises RuntimeError if it changed meanwhile."""
    file = io.BytesIO()
    file.write(json.dumps(_header()).encode() + b"\n")
    backends = {service: _regions(service)[place] for service, place in PLACES.items()}
    Pickler(file, pickle.HIGHEST_PROTOCOL).dump(backends)
    return file.getvalue()


def put_back(snapshot: bytes) -> None:
    """Makes it the state of moto in this process; messages that were in flight become visible.

    Raises UnreadableError, and then changes nothing.
    """
    from moto.s3.models import s3_backends

    header, _, pickled = snapshot.partition(b"\n")
    try:
        written_by = json.loads(header)
    except ValueError as error:
        raise UnreadableError("what it held is damaged") from error
    if written_by != _header():
        raise UnreadableError(f"what it held is of {_said(written_by)}, not {_said(_header())}")
    try:
        backends = pickle.loads(pickled)
        for queue in backends["sqs"].queues.values():
            _make_visible(queue)
    except Exception as error:  # a damaged pickle may raise anything
        raise UnreadableError("what it held is damaged") from error
    for service, place in PLACES.items():
        _regions(service)[place] = backends[service]
    # Bucket names are unique among all accounts, so moto has a list of them outside any account's data.
    s3_backends.bucket_accounts.update(dict.fromkeys(backends["s3"].buckets, (PLACES["s3"], ACCOUNT)))


def write(file: Path, snapshot: bytes) -> None:
    """Replaces the file as a whole or not at all. Raises OSError."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(snapshot)
        output.flush()
        os.fsync(output.fileno())
    unfinished.rename(file)


def _regions(service: str) -> dict[str, Any]:
    """What moto holds of a service in the one account that there is."""
    from moto.backends import get_backend

    regions: dict[str, Any] = cast("Callable[[str], Any]", get_backend)(service)[ACCOUNT]
    return regions


def _header() -> dict[str, Any]:
    import moto

    return {"format": FORMAT, "moto": moto.__version__}


def _said(header: object) -> str:
    if isinstance(header, Mapping):
        return f"moto {header.get('moto')}, format {header.get('format')}"
    return "another program"


def _make_visible(queue: Any) -> None:
    """Makes all messages visible: those who had received them are gone. Receive counts and delays stay."""
    queue.pending_messages.clear()
    queue.deleted_messages.clear()
    for message in queue._messages:
        message.visible_at = 0.0
