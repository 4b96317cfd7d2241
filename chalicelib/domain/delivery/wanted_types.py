"""The types that a subscription or an inbox asks for: one, all that begin so, or all."""

from __future__ import annotations

import re

from chalicelib.domain.delivery.catalogue import CATALOGUE, RESERVED
from chalicelib.domain.delivery.event import OURS
from chalicelib.domain.delivery.subscription import fits

PATTERN = r"(\*|[A-Za-z0-9_:/-][A-Za-z0-9_.:/-]{0,127}(\.\*)?)"
"""What all of it matches."""


def fault_of_type(asked: str) -> str:
    """Why nobody can be told of that; "" where he can. Of ours it must be in the catalogue, or reserved,
    since a name that is misspelt would wait for ever; partners may post any other."""
    if not re.fullmatch(PATTERN, asked, re.ASCII):
        return "is a type such as ticket.created, ticket.* for all that begin so, or * for all"
    ours = [one.name for one in CATALOGUE if not one.posted]
    if not asked.lower().startswith(OURS) or any(fits(asked, name) for name in (*ours, *RESERVED)):
        return ""
    from difflib import get_close_matches  # few misspell one

    groups = sorted({f"{name.partition('.')[0]}.*" for name in ours})
    near = get_close_matches(asked.lower(), groups if asked.endswith(".*") else ours, n=1)
    meant = f"perhaps {near[0]} is meant, and " if near else ""
    return f"is no type that there is; {meant}GET /event-types lists all"
