"""Service-specific credentials of users: a name and password for one service, or an API key for one.

What has no other source was recorded by radkawar/stackd, internal/services/iam/testdata, in September 2026.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from fake_iam.domain.errors import DeleteConflict, InvalidInput, NoSuchEntity, ValidationError

ACTIVE: Final = "Active"
INACTIVE: Final = "Inactive"
EXPIRED: Final = "Expired"
QUOTA: Final = "ContextSpecificCredentialsPerUserPerContext"

# Passwords are 44 bytes in base64, 60 characters: what stands before the closing "=" has two bits less.
PASSWORD_CHARACTERS: Final = 58
PASSWORD_LAST: Final = "AEIMQUYcgkosw048"

# What an API key of the service begins with; services with names and passwords have no keys.
KEY_PREFIXES: Final[Mapping[str, str | None]] = {
    "codecommit.amazonaws.com": None,
    "cassandra.amazonaws.com": None,
    "bedrock.amazonaws.com": "ABSK",
    "logs.amazonaws.com": "ACWL",
    "cloudwatch.amazonaws.com": "APIAACWM",
    "aws-external-anthropic.amazonaws.com": "AEAA",
}
SERVICE_NAME: Final = re.compile(r"[a-zA-Z0-9.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ServiceCredential:
    """A user's credential for one service. Its login keeps the name that the user had when it was made."""

    id: str
    account_id: str
    owner_id: str
    service: str
    login: str
    created_at: datetime
    password: str = field(repr=False)
    number: int = 0
    status: str = ACTIVE
    expires_at: datetime | None = None

    @property
    def is_api_key(self) -> bool:
        """Whether it is shown as an alias and a secret, instead of a name and a password."""
        return KEY_PREFIXES.get(self.service) is not None

    @property
    def api_key(self) -> str:
        """The API key: the service's prefix, then login and password in base64."""
        return f"{KEY_PREFIXES.get(self.service)}{base64.b64encode(f'{self.login}:{self.password}'.encode()).decode()}"

    @property
    def login_key(self) -> str:
        """What the login is unique by: the service, and the login whatever its letter case (assumed)."""
        return login_key(self.service, self.login)

    @property
    def list_key(self) -> str:
        """How lists are sorted: the older first (assumed; AWS's order is none that can be told)."""
        return f"{self.created_at.isoformat()} {self.service} {self.number:07d} {self.id}"

    def status_at(self, now: datetime) -> str:
        """The status as it is shown: past its time a credential has expired, switched off or not (assumed)."""
        return EXPIRED if self.expires_at is not None and now >= self.expires_at else self.status

    def switched(self, status: str) -> ServiceCredential:
        """The credential on or off. Raises InvalidInput for Expired, which only time can bring about."""
        if status not in (ACTIVE, INACTIVE):
            raise unsupported_status(status)
        return replace(self, status=status)


def login_name(user_name: str, account_id: str, number: int) -> str:
    """The login with a number: the first has none, the next ``+1``."""
    return f"{user_name}{f'+{number}' if number else ''}-at-{account_id}"


def login_key(service: str, name: str) -> str:
    """What a login is unique by within an account."""
    return f"{service} {name.lower()}"


def supported_service(name: str) -> str:
    """The service in the spelling that AWS gives it; letter case does not count.

    Raises:
        ValidationError: the name has characters that no service's has.
        NoSuchEntity: the service has no credentials of its own.
    """
    if not SERVICE_NAME.fullmatch(name):
        raise malformed_service()
    if name.lower() not in KEY_PREFIXES:
        raise no_such_service(name)
    return name.lower()


def malformed_service() -> ValidationError:
    """Characters that no service name has; the model lacks the pattern."""
    return ValidationError("ServiceName must match [a-zA-Z0-9.-]*")


def no_such_service(name: str) -> NoSuchEntity:
    """Not the modelled NotSupportedService."""
    return NoSuchEntity(f"No such service {name} is supported for Service Specific Credentials")


def no_such_credential(credential_id: str) -> NoSuchEntity:
    """Nobody in the account has such a credential (no full stop)."""
    return NoSuchEntity(f"No such credential {credential_id} exists")


def credential_of_another(name: str, credential_id: str) -> ValidationError:
    """The credential is somebody else's (no full stop)."""
    return ValidationError(f"User {name} does not have a service specific credential with id {credential_id}")


def unsupported_status(status: str) -> InvalidInput:
    """A status the model lists that no caller can give."""
    return InvalidInput(f"Operation does not support status {status}")


def all_users_and_one() -> InvalidInput:
    """AllUsers and UserName exclude each other."""
    return InvalidInput("Cannot list credentials for all users if a username is given")


def remove_referenced_objects_first() -> DeleteConflict:
    """The user still has service-specific credentials (recorded), or SSH public keys (rebuy-de/aws-nuke#522)."""
    return DeleteConflict("Cannot delete entity, must remove referenced objects first.")
