"""Where the credentials lie by which a connection's source fetches: in a secret of Secrets Manager or a
SecureString of Systems Manager, in the part of either that is ours."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import NamedTuple

from triggeriq import Source

SETTING = "credentials"
"""The setting of a source that names them."""

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
_ARN = re.compile(
    r"arn:aws[a-z-]*:(?P<service>secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:(?P<kind>secret:|parameter/)"
    r"(?P<name>[A-Za-z0-9/_+=.@-]{1,1000})"
)
_KIND = {"secretsmanager": "secret:", "ssm": "parameter/"}


def is_polled(source: Source, credentials: object) -> bool:
    """Whether a connection with these credentials is polled: its source fetches, and either they are set or
    the source knows of none. A source may take webhooks too, and a connection may be made for them."""
    if not source.takes("poll"):
        return False
    known = source.settings is not None and any(one.name == SETTING for one in fields(source.settings))
    return bool(credentials) or not known


class Place(NamedTuple):
    """An ARN that was read."""

    service: str
    """secretsmanager or ssm."""
    arn: str
    name: str


def place_of(arn: str, stage: str) -> Place:
    """Read the ARN. Raises ValueError, which says what it must be, where it names anything but what lies in
    the part of this deployment."""
    found = _ARN.fullmatch(arn)
    under = f"triggeriq/{stage}/"
    if found is None or _KIND[found["service"]] != found["kind"] or not _lies_under(found["name"], under):
        raise ValueError(
            f"it is the ARN of a secret of Secrets Manager named {under}…, or of a SecureString of SSM named "
            f"/{under}…"
        )
    return Place(found["service"], arn, found["name"])


def _lies_under(name: str, under: str) -> bool:
    """A step up (`..`) is a name like any other to AWS; nobody means it, so it is refused all the same."""
    return name.startswith(under) and len(name) > len(under) and not {".", ".."} & {*name.split("/")}
