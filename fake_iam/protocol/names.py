"""Member names in their three spellings: the model's, AWS's camelCase in messages, Python's snake_case."""

from __future__ import annotations

import re

LEADING_CAPITALS = re.compile(r"^[A-Z]+(?=[A-Z][a-z]|$|\d)|^[A-Z]")
WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def camel(name: str) -> str:
    """``UserName`` -> ``userName``, ``SSHPublicKeyId`` -> ``sshPublicKeyId``, ``ClientIDList`` -> ``clientIDList``."""
    return LEADING_CAPITALS.sub(lambda match: match[0].lower(), name, count=1)


def snake(name: str) -> str:
    """``AccessKeyId`` -> ``access_key_id``."""
    return WORD_START.sub("_", name).lower()
