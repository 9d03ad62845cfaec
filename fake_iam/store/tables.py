"""The tables of an account: which rows they hold, and by what these are found. Every store keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.domain.access_keys import AccessKey, Session
from fake_iam.domain.account_aliases import AccountAlias
from fake_iam.domain.attachments import Attachment
from fake_iam.domain.credential_report import CredentialReport
from fake_iam.domain.groups import Group, Membership
from fake_iam.domain.inline_policies import InlinePolicy
from fake_iam.domain.login_profiles import LoginProfile
from fake_iam.domain.managed_policies import ManagedPolicy
from fake_iam.domain.mfa_devices import MfaDevice
from fake_iam.domain.password_policy import PasswordPolicy
from fake_iam.domain.server_certificates import ServerCertificate
from fake_iam.domain.service_credentials import ServiceCredential
from fake_iam.domain.signing_certificates import SigningCertificate
from fake_iam.domain.ssh_public_keys import SSHPublicKey
from fake_iam.domain.users import User

Indexes = Mapping[str, Callable[[Any], str]]

# Under the kind of a row: the indexes of its table. What belongs to a user has an index "owner" of user ids.
TABLES: Final[Mapping[type[Any], Indexes]] = {
    User: {"name": lambda user: user.name_key},
    AccessKey: {"owner": lambda key: key.owner_id},
    Session: {"owner": lambda session: session.owner_id},
    MfaDevice: {"owner": lambda device: device.owner_id, "place": lambda device: device.place},
    SigningCertificate: {
        "owner": lambda certificate: certificate.owner_id,
        "digest": lambda certificate: certificate.digest,
    },
    SSHPublicKey: {"owner": lambda key: key.owner_id},
    ServerCertificate: {"name": lambda certificate: certificate.name_key},
    Group: {"name": lambda group: group.name_key},
    Membership: {"group": lambda membership: membership.group_id, "owner": lambda membership: membership.owner_id},
    ServiceCredential: {
        "owner": lambda credential: credential.owner_id,
        "login": lambda credential: credential.login_key,
    },
    AccountAlias: {},
    CredentialReport: {},
    LoginProfile: {"owner": lambda profile: profile.owner_id},
    PasswordPolicy: {},
    InlinePolicy: {"owner": lambda policy: policy.owner_id},
    ManagedPolicy: {"name": lambda policy: policy.name_key},
    Attachment: {"owner": lambda attachment: attachment.owner_id, "policy": lambda attachment: attachment.policy_arn},
}
