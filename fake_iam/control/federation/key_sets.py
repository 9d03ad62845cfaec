"""What documents may say of the keys that verify a provider's tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fake_iam.control.documents.format import Schema, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.domain.loopback import is_loopback_url
from fake_iam.domain.providers.key_sets import keys_in


@dataclass(frozen=True)
class KeySet:
    """A JWKS document, as a mapping or as its JSON text."""

    def read(self, value: Any, where: Where) -> str:
        """The JSON text. Raises FormatError."""
        try:
            document = json.loads(value) if isinstance(value, str) else value
            keys_in(document)
            return json.dumps(document)
        except (ValueError, TypeError, RecursionError) as problem:
            raise FormatError(where, str(problem)) from None

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": ["object", "string"]}


@dataclass(frozen=True)
class LoopbackUrl:
    """A URL on this machine."""

    def read(self, value: Any, where: Where) -> str:
        """The URL. Raises FormatError."""
        text = Text().read(value, where)
        if not is_loopback_url(text):
            raise FormatError(where, f"{text!r} is no http or https URL on this machine, and nothing else is asked")
        return text

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "string"}
