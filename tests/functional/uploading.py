"""What stories of uploaded files need."""

from __future__ import annotations

import io
import zipfile
from typing import Any


def zipped(name: str, body: bytes, **others: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in {name: body, **others}.items():
            archive.writestr(one, content)
    return packed.getvalue()


def texts(tickets: list[dict[str, Any]]) -> set[str]:
    return {ticket["text"] for ticket in tickets}
