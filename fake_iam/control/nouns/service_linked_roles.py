"""Service-linked roles: seeds state them as roles, but a dump has the tasks that delete them."""

from __future__ import annotations

from typing import Final

from fake_iam.control.nouns.noun import Noun
from fake_iam.domain.identities.role_deletions import RoleDeletion

NOUN: Final = Noun(
    name="service_linked_role",
    title="Service-linked roles",
    about="Roles that a service of AWS uses in an account. Seeds and imports have them among the roles, by their path "
    "`/aws-service-role/`; a role with `linked_resources` is in use, so that its deletion fails. A deletion is done at "
    "once, unless the setting `role_deletion_seconds` gives it time by the server's clock; until then the role is "
    "there.",
    rows=(RoleDeletion,),
    operations=("iam.identities.service_linked_roles",),
    conformance=("service_linked_roles",),
)
