"""Keys of the tests, and the check of a token that was signed with one."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@cache
def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_2048() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def opened(
    token: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that was signed with this key. Raises ValueError for any other."""
    head, claims, signature = token.split(".")
    signed, raw = f"{head}.{claims}".encode(), _decoded(signature)
    try:
        if isinstance(key, rsa.RSAPrivateKey):
            key.public_key().verify(raw, signed, padding.PKCS1v15(), SHA256())
        else:
            numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            key.public_key().verify(utils.encode_dss_signature(*numbers), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise ValueError("the signature is none of this key's") from None
    return json.loads(_decoded(head)), json.loads(_decoded(claims))


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
