"""What may hang on a user, in the order in which DeleteUser names it.

Policies before access keys is another implementer's observation (confidence D); the rest of the order is assumed.
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
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment, detach_policies_first
from fake_iam.domain.policies.inline_policies import InlinePolicy, delete_policies_first
from fake_iam.services.context import Context

LEFTOVERS: Final[tuple[tuple[type[Any], Callable[[], DeleteConflict]], ...]] = (
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


def refuse_leftovers(ctx: Context, user: User) -> None:
    """Raises DeleteConflict for the first kind of thing that still hangs on the user."""
    for kind, conflict in LEFTOVERS:
        if ctx.account.table(kind).find("owner", user.id) is not None:
            raise conflict()
