"""S3 notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.invocation import invocation
from chalicelib.services.s3_notification import uploads_in


def uploads(event: Mapping[str, Any], context: Any) -> None:
    """Objects that were created under reviews/ or emails/."""
    with invocation(context) as use:
        for upload in uploads_in(event):
            use.intake.register_upload(upload)
