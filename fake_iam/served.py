"""The services that are answered, each with its model."""

from __future__ import annotations

from fake_iam.pipeline.implemented import Implemented
from fake_iam.protocol.model import load_service
from fake_iam.services.iam import IAM
from fake_iam.services.resourcegroupstaggingapi import TAGGING
from fake_iam.services.sts import STS


def implemented_services() -> dict[str, Implemented]:
    """The services of the Query protocol by API version, IAM first."""
    implemented = [Implemented(load_service(service.name), service) for service in (IAM, STS)]
    return {each.model.version: each for each in implemented}


def implemented_targets() -> list[Implemented]:
    """The services that requests name in X-Amz-Target. Nothing is read of them before there is such a request."""
    return [Implemented(load_service(TAGGING.name), TAGGING)]
