"""Partitions and regions: what botocore knows of them, and what it does not know yet."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest

from conformance.modelled import with_whole_model
from fake_iam.protocol import partitions as module
from fake_iam.protocol.model import data_folders
from fake_iam.protocol.partitions import USUAL, USUAL_REGION, iam_region, partition_of, partitions

SESSION = botocore.session.Session()
ENDPOINTS = json.loads((Path(data_folders()[0]) / "endpoints.json").read_text())["partitions"]


@with_whole_model
@pytest.mark.parametrize("name", SESSION.get_available_partitions())
def test_every_region_of_botocore_is_in_the_partition_that_botocore_says(name: str) -> None:
    regions = SESSION.get_available_regions("sts", name)
    assert regions
    assert {partition_of(region) for region in regions} == {name}


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("us-middle-9", "aws"),
        ("cn-new-3", "aws-cn"),
        ("us-gov-north-1", "aws-us-gov"),
        ("us-iso-north-1", "aws-iso"),
        ("us-isob-north-1", "aws-iso-b"),
        ("us-isof-north-1", "aws-iso-f"),
        ("eu-isoe-north-1", "aws-iso-e"),
        ("eusc-de-west-1", "aws-eusc"),
        ("aws-global", "aws"),
        ("aws-cn-global", "aws-cn"),
    ],
)
def test_a_region_that_botocore_does_not_know_is_told_by_its_form(region: str, partition: str) -> None:
    if partition not in partitions():
        pytest.skip(f"the installed botocore does not know {partition}")
    assert partition_of(region) == partition


@pytest.mark.parametrize(
    "region",
    ["", "here", "0", "us-east", "US-EAST-1", "us-east-1\n", "us-east-1a", "xx-east-1", "us-gov-west", "us-east-١"],
)
def test_another_name_is_no_region(region: str) -> None:
    assert partition_of(region) is None


@pytest.mark.parametrize("partition", [each["partition"] for each in ENDPOINTS if "iam" in each["services"]])
def test_the_region_of_iam_is_the_one_that_botocore_signs_for(partition: str) -> None:
    region = SESSION.get_available_regions("sts", partition)[-1]
    client = SESSION.create_client(
        "iam", region_name=region, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    (credential,) = parse_qs(urlsplit(client.generate_presigned_url("list_users")).query)["X-Amz-Credential"]
    client.close()
    assert credential.split("/")[2] == iam_region(partition)


@pytest.mark.parametrize("partition", partitions())
def test_iams_region_is_one_of_its_partition(partition: str) -> None:
    assert partition_of(iam_region(partition)) == partition


def test_where_botocore_knows_no_endpoint_of_iam_its_region_is_that_of_global_services() -> None:
    without = [each["partition"] for each in ENDPOINTS if "iam" not in each["services"]]
    assert [iam_region(name) for name in without] == [partitions()[name].global_region for name in without]


def test_what_is_said_of_the_usual_partition_is_what_the_data_says() -> None:
    (usual,) = (each for each in ENDPOINTS if each["partition"] == USUAL)
    iam = usual["services"]["iam"]
    assert iam["endpoints"][iam["partitionEndpoint"]]["credentialScope"]["region"] == USUAL_REGION
    assert USUAL_REGION in partitions()[USUAL].regions


def test_a_file_may_be_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some.json.gz").write_bytes(gzip.compress(b'{"a": 1}'))
    monkeypatch.setattr(module, "data_folders", lambda: [str(tmp_path)])
    assert module._read("some.json") == {"a": 1}


def test_a_file_that_botocore_has_not_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "data_folders", lambda: [str(tmp_path)])
    with pytest.raises(LookupError, match=r"^the installed botocore has no some\.json$"):
        module._read("some.json")
