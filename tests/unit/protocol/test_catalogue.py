"""Services by what requests say of them."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest

from fake_iam.protocol import catalogue, model
from fake_iam.protocol.catalogue import Described, described, every_service, signing_for, targeted


def test_every_service_of_botocore_is_known() -> None:
    assert {service.name for service in every_service()} == set(botocore.session.Session().get_available_services())


@pytest.mark.parametrize("name", ["s3", "dynamodb", "sqs", "lambda", "cloudwatch", "elbv2", "iam"])
def test_a_service_is_what_botocore_says(name: str) -> None:
    known = botocore.session.Session().get_service_model(name)
    metadata = known.metadata
    assert described(name) == Described(
        name,
        known.service_id,
        known.signing_name,
        metadata["protocol"],
        metadata.get("targetPrefix"),
        known.api_version,
        "awsQueryCompatible" in metadata,
    )


def test_a_name_may_be_signed_for_by_several_services() -> None:
    assert [service.name for service in signing_for("s3")] == ["s3", "s3control"]
    assert [service.name for service in signing_for("monitoring")] == ["cloudwatch"]
    assert list(signing_for("teapots")) == []


def test_a_target_names_a_service() -> None:
    found = targeted("DynamoDB_20120810")
    assert found is not None
    assert found.name == "dynamodb"
    assert targeted("Nobody") is None


@pytest.mark.parametrize("name", ["teapots", "", "..", "s3/2006-03-01"])
def test_what_is_no_service_is_none(name: str) -> None:
    assert described(name) is None


def test_a_model_without_metadata_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "odd" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text("{}")
    monkeypatch.setattr(model, "data_folders", lambda: [str(tmp_path)])
    with pytest.raises(LookupError, match="does not begin with metadata$"):
        catalogue.described("odd")
