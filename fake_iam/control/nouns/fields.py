"""Fields that the seeds of many nouns have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fake_iam.control.documents.format import Field, MapOf, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.domain.credentials.access_keys import STATUSES
from fake_iam.domain.tags import TAGS_PER_ENTITY
from fake_iam.protocol.partitions import partitions


@dataclass(frozen=True)
class PartitionName:
    """The name of a partition, such as aws-cn."""

    def read(self, value: Any, where: Where) -> str:
        """The name. Raises FormatError."""
        names = list(partitions())
        if value not in names:
            raise FormatError(where, f"{value!r} is no partition; there are {', '.join(names)}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema; which partitions there are depends on the installed botocore."""
        return {"type": "string"}


STATUS: Final = Field(Text(choices=STATUSES), "Active or Inactive; Active if left out")
PATH: Final = Field(Text(shape="pathType"), "the path; / if left out")
TAGS: Final = Field(
    MapOf(Text(shape="tagKeyType"), Text(shape="tagValueType"), TAGS_PER_ENTITY), "the tags, keys to values"
)
ID: Final = Field(Text(shape="idType"), "the unique id; drawn if left out")


@dataclass(frozen=True)
class PolicyDocument:
    """A policy document, as a mapping or as its JSON text; IAM's own rules are left to IAM."""

    def read(self, value: Any, where: Where) -> str:
        """The JSON text. Raises FormatError."""
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            raise FormatError(where, f"{value!r} is neither a policy document nor its text")
        return json.dumps(value)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": ["object", "string"]}
