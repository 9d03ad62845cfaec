"""Which AWS_* variables the code under test gets to see, so that it finds neither real credentials nor real files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

# Each of them would bring other credentials than the two variables, or put conditions on those.
ELSEWHERE: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def surroundings(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Variables to set, and with None to take away, around those that lead to a fake. The names are always the same."""
    return {
        **dict.fromkeys(ELSEWHERE),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **environment,
    }
