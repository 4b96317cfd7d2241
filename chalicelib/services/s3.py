"""S3: one bucket."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from chalicelib.errors import NotFound, Unavailable
from chalicelib.ports.operations import StoredObject
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

PIECE = 256 * 1024
"""Bytes that are read of an object at once."""

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

    def open(self, key: str, etag: str | None = None) -> BinaryIO:
        return io.BufferedReader(_Object(partial(self._from, key), etag), buffer_size=PIECE)

    @external("blobs.open", _translate)
    def _from(self, key: str, start: int, etag: str | None) -> Any:
        condition = {"IfMatch": etag} if etag else {}
        if start:
            condition["Range"] = f"bytes={start}-"
        return self._client.get_object(Bucket=self.bucket, Key=key, **condition)

    @external("blobs.delete", _translate)
    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=key)

    @external("blobs.sign", _translate)
    def form(
        self, key: str, fields: Mapping[str, str], most: int, valid: timedelta
    ) -> tuple[str, dict[str, str]]:
        """The address and the fields of a form by which anybody may put just this object, with these fields,
        of 1 to `most` bytes. Nothing is asked of S3, which judges the form when it comes.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        conditions = [["content-length-range", 1, most], *({name: fields[name]} for name in fields)]
        signed = self._client.generate_presigned_post(
            self.bucket, key, dict(fields), conditions, int(valid.total_seconds())
        )
        return signed["url"], signed["fields"]

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


class _Object(io.RawIOBase):
    """An object that S3 is sending. Where one seeks, S3 is asked to send from there on, once something is
    read: always of the version that was opened. A connection that is lost half-way is made anew there, once;
    then it counts as a failure of S3, not of the reader.

    get: asks for the object from a byte on.
    """

    def __init__(self, get: Callable[[int, str | None], Any], etag: str | None) -> None:
        self._get = get
        answer = get(0, etag)
        self._body: Any = answer["Body"]
        self._etag, self._size = answer["ETag"], answer["ContentLength"]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        at: int = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError(f"{at} lies before the beginning")
        if at != self._at:
            self._hang_up()
        self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        try:
            chunk = self._read(len(buffer))
        except Unavailable:
            self._hang_up()
            chunk = self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def _read(self, size: int) -> bytes:
        if self._body is None:
            self._body = self._get(self._at, self._etag)["Body"]
        return _received(self._body, size)

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        if not self.closed:
            self._hang_up()
        super().close()


@external("blobs.read", _translate)
def _received(body: Any, size: int) -> bytes:
    return bytes(body.read(size))
