"""Member names in their three spellings: the model's, AWS's camelCase in messages, Python's snake_case."""

from __future__ import annotations

import re

WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def camel(name: str) -> str:
    """``UserName`` -> ``userName``, ``SSHPublicKeyId`` -> ``sSHPublicKeyId``: the first letter alone changes.

    The elements' order is keyed by this spelling: with it all forty orders of the facts (section 1.4) come out.
    """
    return name[:1].lower() + name[1:]


def snake(name: str) -> str:
    """``AccessKeyId`` -> ``access_key_id``."""
    return WORD_START.sub("_", name).lower()
