"""Trust policies as they are decided on: principals of this server's accounts stand for who they were when named."""

from __future__ import annotations

from fake_iam.domain.identities.roles import Role
from fake_iam.domain.policy.trust import with_principals


def trust_text(role: Role) -> str:
    """The trust policy with the unique ids of the users and roles that it names, in place of their ARNs.

    So a user made again under the name is not trusted (documented).
    """
    ids = {each.arn: each.id for each in role.trusted}
    return with_principals(role.trust_policy, lambda name: ids.get(name, name))
