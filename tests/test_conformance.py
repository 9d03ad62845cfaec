"""Every operation that is answered has conformance cases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore import xform_name

from fake_iam.services.iam import IAM
from fake_iam.services.resourcegroupstaggingapi import TAGGING
from fake_iam.services.sts import STS
from tests.snippets import ROOT

CASES = "\n".join(file.read_text() for file in sorted((ROOT / "conformance" / "cases").glob("test_*.py")))


@pytest.mark.parametrize("service", [IAM, STS, TAGGING], ids=lambda service: service.name)
def test_every_operation_is_called_by_a_case(service: Any) -> None:
    called = set(re.findall(r"[a-z_]+", CASES))
    assert [name for name in service.operations if xform_name(name) not in called] == []
