"""The service that the operations on resources' tags register with, and in which module each of them is."""

from __future__ import annotations

from fake_iam.services.registry import Service

TAGGING = Service(
    "resourcegroupstaggingapi",
    package="fake_iam.services.resourcegroupstaggingapi",
    nouns={
        "changes": "TagResources UntagResources",
        "resources": "GetResources GetTagKeys GetTagValues",
    },
)
