"""HTML forms (application/x-www-form-urlencoded), as which some providers post their webhooks."""

from __future__ import annotations

from urllib.parse import parse_qsl

from triggeriq.errors import Unreadable

MAX_FIELDS = 1_000


def parse_form(body: bytes) -> dict[str, str]:
    """The fields by name, the last of several with one name. Raises Unreadable where there is none."""
    try:
        fields = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="surrogateescape", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        what = (
            f"not UTF-8 at byte {error.start}" if isinstance(error, UnicodeDecodeError) else "too many fields"
        )
        raise Unreadable(f"not a form: {what}") from None
    if not fields:
        raise Unreadable("not a form: it has no fields")
    return dict(fields)
