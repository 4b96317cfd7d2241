"""Where the content of attachments lies in the artifacts bucket: that of a feedback together, by versions.

attachments/<source>/<connection>/<feedback>/<version>-<event and content>/<place>
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from chalicelib.domain.intake.feedback import FeedbackKey


def under(key: FeedbackKey) -> str:
    """The beginning of the keys of a feedback's files, whatever version they came with."""
    name = hashlib.sha256(key.external_id.encode("utf-8", "replace")).hexdigest()[:32]
    return f"attachments/{key.source}/{key.connection}/{name}/"


def attachments_key(key: FeedbackKey, version: int, event_id: str, contents: Iterable[bytes]) -> str:
    """Of the first of these files at this key with `/0` behind it. The same files come under the same keys
    however often they are read, and others never take their place."""
    name = hashlib.sha256("\n".join((event_id, *key)).encode("utf-8", "replace"))
    for content in contents:
        name.update(hashlib.sha256(content).digest())
    return f"{under(key)}{version}-{name.hexdigest()[:32]}"


def version_in(key: str) -> int:
    """The version that a file came with. key: one that begins with `under`."""
    return int(key.split("/")[4].partition("-")[0])
