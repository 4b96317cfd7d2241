"""S3 notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.upload import uploads_in


def uploads(event: Mapping[str, Any], context: Any) -> None:
    """Objects that were created under reviews/ or emails/."""
    register = bootstrap.use_cases().register
    for upload in uploads_in(event):
        register(upload)
