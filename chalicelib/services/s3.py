"""S3: one bucket."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from chalicelib.errors import NotFound
from chalicelib.ports.operations import StoredObject
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

_GONE = {"NoSuchKey", "404", "NotFound", "PreconditionFailed", "412"}
_aws_errors = aws_errors("s3")


def _translate(error: Exception) -> Exception | None:
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _GONE:
        return NotFound("the object is not there, or is no longer the one that was meant")
    return _aws_errors(error)


class S3Blobs:
    """Blobs (chalicelib.ports) in one bucket. client: boto's, for S3."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self.bucket = client, bucket

    @external("blobs.put", _translate)
    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    @external("blobs.get", _translate)
    def get(self, key: str) -> bytes:
        return bytes(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    @external("blobs.open", _translate)
    def open(self, key: str, etag: str | None = None) -> BinaryIO:
        condition = {"IfMatch": etag} if etag else {}
        body = self._client.get_object(Bucket=self.bucket, Key=key, **condition)["Body"]
        return io.BufferedReader(_Body(body), buffer_size=256 * 1024)

    @external("blobs.sign", _translate)
    def address(self, key: str, seconds: int, *, disposition: str, content_type: str) -> str:
        """Nothing is asked of S3. The address ends earlier where the credentials do that sign it."""
        headers = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
        signed: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key, **headers}, ExpiresIn=seconds
        )
        return signed

    @external("blobs.check", _translate)
    def check(self) -> None:
        """Raises Unavailable where the bucket can't be reached."""
        self._client.head_bucket(Bucket=self.bucket)

    def pages(self, prefix: str, since: datetime, after: str = "") -> Iterator[Sequence[StoredObject]]:
        """Yields the objects under `prefix` that were written at or after `since`, page by page, in the order
        of their keys, beginning behind the key `after`. S3 lists a thousand objects at a time, old and new;
        the new ones of each thousand are a page, which may be empty."""
        start: dict[str, str] = {"StartAfter": after} if after else {}
        while True:
            answer = self._list(prefix, start)
            yield [
                StoredObject(one["Key"], one["ETag"].strip('"'), one["Size"], one["LastModified"])
                for one in answer.get("Contents", [])
                if one["LastModified"] >= since
            ]
            if "NextContinuationToken" not in answer:
                return
            start = {"ContinuationToken": answer["NextContinuationToken"]}

    @external("blobs.list", _translate)
    def _list(self, prefix: str, start: Mapping[str, str]) -> Any:
        return self._client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **start)


class _Body(io.RawIOBase):
    """A body that S3 is still sending. A connection that is lost half-way counts as a failure of S3, not of
    the reader."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    @external("blobs.read", _translate)
    def _read(self, size: int) -> bytes:
        return bytes(self._body.read(size))

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
