"""Temporary credentials: what STS gives a user, the root user or somebody who takes on a role to sign with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fake_iam.domain.errors import AccessDenied
from fake_iam.domain.tags import Tags


@dataclass(frozen=True, slots=True)
class RoleSession:
    """What stays with somebody who took on a role: the name of the session, and what was said when it began.

    ``claims`` are the condition keys that an identity provider's word gave it.
    """

    name: str
    tags: Tags = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    claims: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials that rest on a user, on the root user or on a role, whose unique id ``owner_id`` is.

    Those of GetSessionToken call as their owner, those of GetFederationToken as the federated user of that name, those
    of AssumeRole and its kin as a session of the role. ``policy`` and ``policy_arns`` are the session's policies;
    each of the ``scopes`` of GetScopedCredentials limits it further.
    """

    key_id: str
    account_id: str
    owner_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    mfa: bool = False
    federated_name: str | None = None
    role: RoleSession | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def is_privileged_task(self) -> bool:
        """Whether they are of AssumeRoot: the root user's, for what one policy of AWS leaves."""
        return self.owner_id == self.account_id and self.federated_name is None and bool(self.policy_arns)


def closed_to_sessions(operation: str) -> AccessDenied:
    """An STS operation closed to temporary credentials (recorded for GetSessionToken; assumed for the others)."""
    return AccessDenied(f"Cannot call {operation} with session credentials")
