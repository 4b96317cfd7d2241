"""Signed tokens with which a source's `poll` proves itself to its provider: JSON Web Tokens (RFC 7519).

It needs `cryptography`, the extra `triggeriq[tokens]`, which is loaded when a token is signed: it is large,
and a function that receives webhooks has no use for it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from triggeriq.polling import PollFailed
from triggeriq.values import JSON

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Algorithm = Literal["ES256", "RS256"]

_NUMBER = 32
"""Bytes of each of the two numbers of an ES256 signature (RFC 7518, 3.4)."""
_LEAST_RSA = 2048
"""Bits (RFC 7518, 3.3)."""


def signed(algorithm: Algorithm, claims: Mapping[str, JSON], private_key: str, key_id: str = "") -> str:
    """A token of these claims.

    private_key: in PEM, PKCS #8 or as OpenSSL writes it, without a password; a line break may be written as
    `\\n`, as it is in JSON. ES256 needs a key of the curve P-256, RS256 one of RSA. key_id: the header's
    `kid`. Raises PollFailed where the key can't be used, in words without it.
    """
    head = {"alg": algorithm, "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    spoken = f"{_segment(head)}.{_segment(claims)}"
    key = _loaded(private_key)
    signature = _es256(key, spoken.encode()) if algorithm == "ES256" else _rs256(key, spoken.encode())
    return f"{spoken}.{_base64(signature)}"


def _segment(value: Mapping[str, JSON]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _loaded(private_key: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = private_key.replace("\\n", "\n").strip().encode("utf-8", "replace")
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        raise PollFailed("the private key has a password; store it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise PollFailed(
            "the private key can't be read; it is a PEM text, from its line of BEGIN to that of END"
        ) from None


def _es256(key: Any, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise PollFailed(
            "ES256 is signed with a private key of the curve P-256, and this one is of another kind"
        )
    signer: EllipticCurvePrivateKey = key
    first, second = utils.decode_dss_signature(signer.sign(message, ec.ECDSA(SHA256())))
    return first.to_bytes(_NUMBER, "big") + second.to_bytes(_NUMBER, "big")


def _rs256(key: Any, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    if not (isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA):
        raise PollFailed(
            "RS256 is signed with a private key of RSA, of 2,048 bits and more; this one is none"
        )
    signer: RSAPrivateKey = key
    return signer.sign(message, padding.PKCS1v15(), SHA256())
