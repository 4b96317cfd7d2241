"""Lambda's limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

from __future__ import annotations

import zipfile
from pathlib import Path

from lambda_package.errors import PackageError

UNPACKED = 250 * 1024 * 1024
DIRECT_UPLOAD = 50 * 1024 * 1024
"""Bytes of a zip that is given with the call; Terraform does so."""


def check(package: Path) -> None:
    """Raises PackageError if Lambda would refuse the zip."""
    with zipfile.ZipFile(package) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    for size, limit, what in (
        (unpacked, UNPACKED, "unpacked"),
        (package.stat().st_size, DIRECT_UPLOAD, "as a zip"),
    ):
        if size > limit:
            raise PackageError(f"the package has {size:,} bytes {what}, and Lambda takes {limit:,}")
