"""KMS: secrets sealed so that they open only for the connection that they belong to."""

from __future__ import annotations

from typing import Any

from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

_translate = aws_errors("kms")


class KmsSeal:
    """Seals up to 4,096 bytes under a key; the context must be the same to open them again."""

    def __init__(self, client: Any, key: str) -> None:
        self._client, self._key = client, key

    @external("kms.seal", _translate)
    def seal(self, plain: bytes, context: dict[str, str]) -> bytes:
        return bytes(
            self._client.encrypt(KeyId=self._key, Plaintext=plain, EncryptionContext=context)[
                "CiphertextBlob"
            ]
        )

    @external("kms.open", _translate)
    def open(self, sealed: bytes, context: dict[str, str]) -> bytes:
        return bytes(self._client.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"])
