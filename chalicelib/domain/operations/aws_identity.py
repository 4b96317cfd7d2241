"""AWS identities, as API Gateway names whoever signed a request."""

from __future__ import annotations

import re

_FORMS = (
    re.compile(
        r"arn:(?P<partition>[a-z-]+):iam::(?P<account>\d{12}):(?P<kind>role|user)/(?:.+/)?(?P<name>[^/]+)"
    ),
    re.compile(
        r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-(?P<kind>role)/(?P<name>[^/]+)/.+"
    ),
)


def identity_of(arn: str) -> tuple[str, ...] | None:
    """The IAM role or user behind an ARN: partition, account, kind and name. None for any other principal.

    arn: of the role or user itself, or of a session of the role, which is what signs. The session's has no
    path and needs none: within an account a name is unique whatever its path is.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    for form in _FORMS:
        found = form.fullmatch(arn)
        if found:
            return found.group("partition", "account", "kind", "name")
    return None
