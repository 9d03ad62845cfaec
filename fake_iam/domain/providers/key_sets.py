"""Sets of public keys (RFC 7517, JWKS), by which tokens of an OpenID Connect provider are verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def keys_in(document: Any) -> list[Mapping[str, Any]]:
    """The keys of a set. Raises ValueError, with what is wrong in words."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list):
        raise ValueError("a key set is a mapping with a list of keys")
    if not all(isinstance(key, Mapping) and isinstance(key.get("kty"), str) for key in keys):
        raise ValueError("every key of a key set is a mapping with a kty")
    return keys


def read_key_set(text: str | bytes) -> list[Mapping[str, Any]]:
    """The keys of a set's JSON text. Raises ValueError."""
    try:
        return keys_in(json.loads(text))
    except RecursionError:
        raise ValueError("the key set is nested too deeply") from None
