"""Offer an upload: a form by which one file goes into the bucket, at the place where it will be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from chalicelib.domain.intake.file_import import MAIL, may_hold, parse_key, size_limit, uploaded_under
from chalicelib.domain.intake.upload_form import UploadForm
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports.intake import Sources
from chalicelib.ports.operations import Clock

VALID = timedelta(hours=1)
"""How long a form is taken. An upload that has begun by then goes on."""
KEY_LIMIT = 1_024
"""Bytes of a key in S3."""


class Forms(Protocol):
    def form(
        self, key: str, fields: Mapping[str, str], most: int, valid: timedelta
    ) -> tuple[str, dict[str, str]]:
        """The address and the fields of a form for just this object, with these fields, of 1 to `most`
        bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferUpload:
    """The use-case. Nothing is stored: the import begins when the file is there. Raises NotFound, Invalid
    (naming the field), Unavailable."""

    sources: Sources
    uploads: Forms
    now: Clock

    def __call__(self, source: str, connection: str, file: str, content_type: str | None) -> UploadForm:
        known = self.sources.find(source)
        if known is None:
            raise NotFound(f"there is no source {source}; GET /sources lists those there are")
        if not known.reads:
            raise Invalid(f"{source} reads no files; it takes webhooks", "source")
        if source != MAIL and not may_hold(file, known.reads):
            endings = ", ".join(known.reads)
            raise Invalid(f"{source} reads files that end in {endings}, or these as .gz or .zip", "file")
        key = uploaded_under(source, connection) + file
        _check(key)
        most = size_limit(source)
        fields = {} if content_type is None else {"Content-Type": content_type}
        expires_at = self.now() + VALID
        url, filled = self.uploads.form(key, fields, most, VALID)
        return UploadForm(url=url, fields=filled, key=key, max_bytes=most, expires_at=expires_at)


def _check(key: str) -> None:
    """Raises Invalid for a key that would not be read as what it was asked for."""
    try:
        file = parse_key(key).file
    except Invalid as error:
        raise Invalid("the file's name is that of a folder, or holds what no store keeps", "file") from error
    if re.search(r"[\x00-\x1f\x7f]", file):
        raise Invalid("the file's name holds a control character", "file")
    if "${" in file:  # a form of S3 puts the name there by which the browser knows the file
        raise Invalid("the file's name holds ${, which means something else to S3", "file")
    if len(key.encode()) > KEY_LIMIT:
        raise Invalid(f"the file's name is too long; a key has {KEY_LIMIT:,} bytes at most", "file")
