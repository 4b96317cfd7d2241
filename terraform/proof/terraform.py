"""Runs the real terraform on a copy of the root module, so that nothing is written into the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.catalogue import REGION

PROJECT = Path(__file__).resolve().parents[2]
READ_BY_HCL = ("functions.json", "resources.json", "permissions.json", "chalicelib")
"""What the root module reads from beside it, as data."""


STAND_IN = """
provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
"""
"""HCL that lets the provider talk to a stand-in for AWS on this machine."""


class TerraformFailed(Exception):
    """terraform ended with an error; the message holds what it printed."""


class Terraform:
    """One working folder. package: the folder of deployment.zip and chalice.tf.json. plugins: a mirror of
    providers; None lets `terraform init` ask its registry. module: the root module's folder."""

    def __init__(
        self,
        folder: Path,
        package: Path,
        plugins: Path | None,
        environment: Mapping[str, str] | None = None,
        module: str = "terraform",
    ) -> None:
        self.root = folder / module
        self._plugins = plugins
        self._environment = {
            **os.environ,
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",  # it and its provider collect garbage less often: a quarter less time, more memory
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nobody",
            "AWS_EC2_METADATA_DISABLED": "true",
            **(environment or {}),
        }
        shutil.copytree(
            PROJECT / "terraform",
            folder / "terraform",
            ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "proof", "__pycache__", "backend*.tf"),
        )
        for path in READ_BY_HCL:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(PROJECT / path)
        (folder / "build").symlink_to(package)

    def init(self) -> None:
        """Raises TerraformFailed where the providers are neither in the mirror nor to be had."""
        where = [] if self._plugins is None else [f"-plugin-dir={self._plugins}"]
        self.run("init", "-backend=false", *where)

    def run(self, *arguments: str, accepted: tuple[int, ...] = (0,)) -> str:
        """What the command printed, which is also shown as it comes; raises TerraformFailed where its exit
        status is none of `accepted`."""
        command = ["terraform", *arguments, *(() if "-json" in arguments else ("-no-color",))]
        printed = []
        with (
            tempfile.TemporaryFile("w+") as complaints,
            subprocess.Popen(
                command,
                cwd=self.root,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                printed.append(line)
                if "-json" not in arguments:
                    print(line, end="", flush=True)
            said = "".join(printed)
            if process.wait() not in accepted:
                complaints.seek(0)
                raise TerraformFailed(f"{' '.join(command)}\n{said}\n{complaints.read()}")
        return said

    def shown(self, *what: str) -> Any:
        """`terraform show` as data: the state, or a plan's file."""
        return json.loads(self.run("show", "-json", *what))

    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}
