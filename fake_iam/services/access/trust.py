"""Trust policies as they are decided on: principals of this server's accounts stand for who they were when named."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fake_iam.domain.identities.roles import Role, Trusted
from fake_iam.domain.policy.trust import with_principals

KEPT: Final = 2_000


def trust_text(role: Role) -> str:
    """The trust policy with the unique ids of the users and roles that it names, in place of their ARNs.

    So a user made again under the name is not trusted (documented).
    """
    return _text(role.trust_policy, role.trusted)


@lru_cache(maxsize=KEPT)
def _text(document: str, trusted: tuple[Trusted, ...]) -> str:
    ids = {each.arn: each.id for each in trusted}
    return with_principals(document, lambda name: ids.get(name, name))
