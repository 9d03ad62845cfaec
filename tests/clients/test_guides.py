"""The commands of the guides to Terraform and Ansible, run as their readers run them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fake_iam import FakeIAM
from tests.clients.shell import Outcome, find_program, isolated, run
from tests.clients.terraform import LACKING, MIRROR
from tests.snippets import ROOT, snippets

GUIDES = ROOT / "docs" / "how-to"


def follow(guide: str, folder: Path, fake: FakeIAM, **variables: str) -> Outcome:
    """Write the guide's files into a folder, and run its commands there."""
    pieces = snippets(GUIDES / guide)
    for piece in pieces:
        if piece.file is not None:
            (folder / piece.file).write_text(piece.text)
    commands = "".join(piece.text for piece in pieces if piece.kind == "sh")
    environment = isolated(folder, FAKE_IAM_PORT=fake.url.rpartition(":")[2], **variables)
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return run("bash", "-ec", commands, at=folder, environment=environment)


@pytest.mark.skipif(bool(LACKING), reason=LACKING)
def test_the_guide_to_terraform_applies_and_plans_empty(tmp_path: Path) -> None:
    with FakeIAM() as fake:
        done = follow("terraform.md", tmp_path, fake, TF_CLI_ARGS_init=f"-plugin-dir={MIRROR}", CHECKPOINT_DISABLE="1")
        assert done.status == 0, done.err
        assert "No changes." in done.out
        (key,) = fake.client("iam").list_access_keys(UserName="robot")["AccessKeyMetadata"]
        assert key["Status"] == "Inactive"


@pytest.mark.skipif(find_program("ansible-playbook") is None, reason="Ansible is not installed: tox -e ansible")
def test_the_guide_to_ansible_changes_nothing_the_second_time(tmp_path: Path) -> None:
    with FakeIAM() as fake:
        done = follow("ansible.md", tmp_path, fake, LC_ALL="C.UTF-8", ANSIBLE_NOCOLOR="true")
        assert done.status == 0, done.err
        first, second = (line.split() for line in done.out.splitlines() if line.startswith("localhost"))
        assert "changed=2" in first
        assert "changed=0" in second
        assert fake.client("iam").get_role(RoleName="deployer")["Role"]["RoleName"] == "deployer"
