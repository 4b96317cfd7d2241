"""Words as they are compared."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` without case, accents, the dots of Turkish letters, invisible signs and surplus white space:
    people and gateways lose them."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", " ".join(kept.casefold().replace("ı", "i").split()))
