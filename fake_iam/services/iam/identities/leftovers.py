"""What may hang on a user or a role, in the order in which DeleteUser and DeleteRole name it.

Of users, policies before access keys is another implementer's observation (confidence D); the rest of the order is
assumed. Of roles, all of it is: clients remove instance profiles first, then attached and inline policies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fake_iam.domain.credentials.access_keys import AccessKey, delete_access_keys_first
from fake_iam.domain.credentials.login_profiles import LoginProfile, must_delete_login_profile
from fake_iam.domain.credentials.mfa_devices import MfaDevice, must_delete_mfa_device
from fake_iam.domain.credentials.service_credentials import ServiceCredential, remove_referenced_objects_first
from fake_iam.domain.credentials.signing_certificates import SigningCertificate, delete_certificates_first
from fake_iam.domain.credentials.ssh_public_keys import SSHPublicKey
from fake_iam.domain.errors import DeleteConflict
from fake_iam.domain.identities.groups import Membership, must_remove_users_from_group
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.roles import Role, remove_from_instance_profiles_first
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment, detach_policies_first
from fake_iam.domain.policies.inline_policies import InlinePolicy, delete_policies_first
from fake_iam.services.context import Context

Leftovers = tuple[tuple[type[Any], Callable[[], DeleteConflict]], ...]
OF_USERS: Final[Leftovers] = (
    (Attachment, detach_policies_first),
    (InlinePolicy, delete_policies_first),
    (AccessKey, delete_access_keys_first),
    (LoginProfile, must_delete_login_profile),
    (MfaDevice, must_delete_mfa_device),
    (Membership, must_remove_users_from_group),
    (SigningCertificate, delete_certificates_first),
    (SSHPublicKey, remove_referenced_objects_first),
    (ServiceCredential, remove_referenced_objects_first),
)
OF_ROLES: Final[Leftovers] = (
    (InstanceProfile, remove_from_instance_profiles_first),
    (Attachment, detach_policies_first),
    (InlinePolicy, delete_policies_first),
)


def refuse_leftovers(ctx: Context, owner: User | Role) -> None:
    """Raises DeleteConflict for the first kind of thing that still hangs on the user or role."""
    for kind, conflict in OF_USERS if isinstance(owner, User) else OF_ROLES:
        if ctx.account.table(kind).find("owner", owner.id) is not None:
            raise conflict()
