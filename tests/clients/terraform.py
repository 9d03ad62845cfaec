"""Terraform with the provider hashicorp/aws, run in a folder against a server."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from fake_iam import FakeIAM
from tests.clients.shell import Outcome, isolated, run

TERRAFORM = shutil.which("terraform")
MIRROR = os.environ.get("TERRAFORM_PLUGIN_DIR", "")
if TERRAFORM is None:
    LACKING = "terraform is not on the PATH"
elif not (Path(MIRROR) / "registry.terraform.io" / "hashicorp" / "aws").is_dir():
    LACKING = "TERRAFORM_PLUGIN_DIR names no mirror of the provider hashicorp/aws"
else:
    LACKING = ""


class Terraform:
    """A folder with a configuration, and the state that Terraform keeps there.

    The provider comes from the folder in TERRAFORM_PLUGIN_DIR, which ``terraform providers mirror`` fills.
    """

    def __init__(self, fake: FakeIAM, folder: Path) -> None:
        self.folder = folder
        self._environment = isolated(folder, TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1", **fake.environment())

    def run(self, *arguments: str, **variables: str) -> Outcome:
        """``terraform ARGUMENTS`` with the variables."""
        assert TERRAFORM is not None
        values = [f"-var={name}={value}" for name, value in variables.items()]
        return run(TERRAFORM, *arguments, *values, at=self.folder, environment=self._environment)

    def init(self) -> None:
        """Install the provider from the mirror."""
        done = self.run("init", "-no-color", f"-plugin-dir={MIRROR}")
        assert done.status == 0, done.err

    def apply(self, *options: str, **variables: str) -> dict[str, Any]:
        """Apply, and give the outputs."""
        done = self.run("apply", "-auto-approve", "-no-color", "-input=false", *options, **variables)
        assert done.status == 0, done.err
        return {name: output["value"] for name, output in self._told("output", "-json").items()}

    def plan(self, *options: str, **variables: str) -> Outcome:
        """Status 0: nothing to do. 2: there is a difference. 1: an error."""
        return self.run("plan", "-detailed-exitcode", "-no-color", "-input=false", *options, **variables)

    def show(self, *plan: str) -> dict[str, Any]:
        """The state, or a plan that was kept in a file."""
        return self._told("show", "-json", *plan)

    def provider(self) -> dict[str, Any]:
        """The provider's schemas: the names of its resources and data sources, with their arguments."""
        (schemas,) = self._told("providers", "schema", "-json")["provider_schemas"].values()
        return dict(schemas)

    def destroy(self, **variables: str) -> Outcome:
        """Take everything away."""
        return self.run("destroy", "-auto-approve", "-no-color", "-input=false", **variables)

    def _told(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments)
        assert done.status == 0, done.err
        return dict(json.loads(done.out))
