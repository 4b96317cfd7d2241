"""How other people's programs are run: chalice and pip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_OTHERS = ("AWS_", "TRIGGERIQ_", "PYTHON", "GIT_")


def environment() -> dict[str, str]:
    """This process's environment without what could change the package, and with a region, since Chalice
    asks for one, though it makes no call; PIP_… stays, so that an index of one's own is used."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    return kept | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": "315532800",  # 1980-01-01, where a zip's time begins
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # Building from source would run strangers' code, and give other bytes each time
        "PIP_ONLY_BINARY": ":all:",
    }


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs this interpreter in that folder, and keeps what it says."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
