"""How things are named across AWS."""

from __future__ import annotations

import re
from typing import Final

ARN: Final = r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+"
POLICY_ARN: Final = r"arn:aws[\w-]*:iam::(?:\d{12}|aws):policy(?:/[\w+=,.@-]+)+"  # path and name as in the model


def root(account_id: str) -> str:
    """The account itself, as a caller."""
    return f"arn:aws:iam::{account_id}:root"


def user(account_id: str, path: str, name: str) -> str:
    """A user; the path has its slashes."""
    return f"arn:aws:iam::{account_id}:user{path}{name}"


def mfa_device(account_id: str, path: str, name: str) -> str:
    """A virtual MFA device; its serial number."""
    return f"arn:aws:iam::{account_id}:mfa{path}{name}"


def federated_user(account_id: str, name: str) -> str:
    """Somebody with credentials of GetFederationToken."""
    return f"arn:aws:sts::{account_id}:federated-user/{name}"


def is_arn(text: str) -> bool:
    """Whether the text has the six parts of an ARN, of which region and account may be empty."""
    return re.fullmatch(ARN, text, re.ASCII | re.DOTALL) is not None


def is_policy(arn: str) -> bool:
    """Whether the text has the form of a managed policy's ARN."""
    return re.fullmatch(POLICY_ARN, arn, re.ASCII) is not None
