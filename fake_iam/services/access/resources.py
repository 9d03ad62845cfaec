"""What each operation of IAM is authorized on: the resource that policies name, and how a refusal shows it.

Source: AWS's service authorization reference for the types; quotes of refusals by users for how they are shown, such as
an ARN for what is yet to be made, ``role X`` for what is there. Assumed: ``policy X`` also where CreatePolicy tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.roles import SERVICE_LINKED_PATH, Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.saml_providers import SamlProvider
from fake_iam.services.context import Caller
from fake_iam.store.base import Account

ALL: Final = "*"


class Asked(NamedTuple):
    """A call as far as its resource depends on it. The parameters are the scalars of the request, not yet checked."""

    account: Account
    caller: Caller
    parameters: Mapping[str, str]

    def named(self, parameter: str) -> str:
        """The value of a parameter, empty if it is left out."""
        return self.parameters.get(parameter, "")

    def arn(self, rest: str) -> str:
        """The ARN of something of the account, there or not."""
        return f"arn:{self.caller.partition}:iam::{self.account.id}:{rest}"


class Target(NamedTuple):
    """A resource: its ARN, or a star; how a refusal shows it; and its row, if it is there."""

    arn: str
    shown: str
    row: Any | None = None


Find = Callable[[Asked], Target]


class Rule(NamedTuple):
    """The types of resource of some operations, as the reference has them, and what finds the one that is meant."""

    types: tuple[str, ...]
    find: Find


def _named(kind: type[Any], prefix: str, parameter: str, shown: str) -> Find:
    """Something that goes by a name; if it is not there, it is looked for without a path."""

    def find(asked: Asked) -> Target:
        name = asked.named(parameter)
        row = asked.account.table(kind).find("name", name_key(name))
        return Target(asked.arn(f"{prefix}/{name}") if row is None else row.arn, f"{shown} {name}", row)

    return find


def _new(prefix: str, parameter: str) -> Find:
    """Something that is to be made, with a path."""

    def find(asked: Asked) -> Target:
        arn = asked.arn(f"{prefix}{asked.named('Path') or '/'}{asked.named(parameter)}")
        return Target(arn, arn)

    return find


def _by_arn(kind: type[Any] | None, parameter: str, shown: str = "") -> Find:
    """Something that is named by its ARN, or serial number."""

    def find(asked: Asked) -> Target:
        arn = asked.named(parameter)
        row = asked.account.table(kind).get(arn) if kind is not None else None
        return Target(arn, f"{shown} {arn}".strip(), row)

    return find


def _listed(prefix: str) -> Find:
    """A list of the account's things below a path: policies can only allow it for all of them."""
    return lambda asked: Target(ALL, asked.arn(f"{prefix}{asked.named('PathPrefix') or '/'}"))


def _everything(asked: Asked) -> Target:
    return Target(ALL, ALL)


_USER: Final = _named(User, "user", "UserName", "user")


def _user(asked: Asked) -> Target:
    """The user that is named, else the caller; of a role's session the name counts, though no user has it (quoted)."""
    if "UserName" in asked.parameters:
        return _USER(asked)
    if asked.caller.kind == "root":
        return Target(asked.caller.arn, asked.caller.arn)
    own = asked.account.users.get(asked.caller.id)
    name = asked.caller.arn.rpartition("/")[2] if own is None else own.name
    return Target(asked.arn(f"user/{name}") if own is None else own.arn, f"user {name}", own)


def _owner_of_key(asked: Asked) -> Target:
    key_id = asked.named("AccessKeyId")
    key = asked.account.table(AccessKey).get(key_id)
    owner = asked.account.users.get(key.owner_id) if key is not None else None
    return Target(ALL if owner is None else owner.arn, f"access key {key_id}", owner)


def _new_policy(asked: Asked) -> Target:
    target = _new("policy", "PolicyName")(asked)
    return target._replace(shown=f"policy {asked.named('PolicyName')}")


def _policies(asked: Asked) -> Target:
    return Target(ALL, f"policy path {asked.named('PathPrefix') or '/'}")


def _new_oidc_provider(asked: Asked) -> Target:
    arn = asked.arn(f"oidc-provider/{asked.named('Url').removeprefix('https://')}")
    return Target(arn, arn)


def _new_saml_provider(asked: Asked) -> Target:
    arn = asked.arn(f"saml-provider/{asked.named('Name')}")
    return Target(arn, arn)


def _service_linked_role(asked: Asked) -> Target:
    """A role that is yet to be made, whose name the service decides."""
    from fake_iam.domain.identities.service_linked_roles import template_of  # reads a file

    service = asked.named("AWSServiceName")
    template, suffix = template_of(service), asked.named("CustomSuffix")
    name = "*" if template is None else f"{template.base_name}_{suffix}" if suffix else template.base_name
    arn = asked.arn(f"role{SERVICE_LINKED_PATH}{service}/{name}")
    return Target(arn, arn)


def _deleted_role(asked: Asked) -> Target:
    """The role of a deletion task, whose id has the role's path and name."""
    path = re.sub(r"^task|/[^/]*$", "", asked.named("DeletionTaskId"))
    arn = asked.arn(f"role{path}")
    return Target(arn, arn)


def _numbered(prefix: str, parameter: str) -> Find:
    """Something that is named by an id of its own."""

    def find(asked: Asked) -> Target:
        arn = asked.arn(f"{prefix}/{asked.named(parameter) or ALL}")
        return Target(arn, arn)

    return find


_ROLE: Final = Rule(("role",), _named(Role, "role", "RoleName", "role"))
_GROUP: Final = Rule(("group",), _named(Group, "group", "GroupName", "group"))
_POLICY: Final = Rule(("policy",), _by_arn(ManagedPolicy, "PolicyArn", "policy"))
_PROFILE: Final = Rule(
    ("instance-profile",), _named(InstanceProfile, "instance-profile", "InstanceProfileName", "instance profile")
)
_CERTIFICATE: Final = Rule(
    ("server-certificate",),
    _named(ServerCertificate, "server-certificate", "ServerCertificateName", "server certificate"),
)
_PRINCIPALS: Final = ("group", "role", "user")
_DELEGATION: Final = Rule(("delegation-request",), _numbered("delegation-request", "DelegationRequestId"))

_OPERATIONS: Final[tuple[tuple[Rule, str], ...]] = (
    (Rule(("user",), _new("user", "UserName")), "CreateUser"),
    (
        Rule(("user",), _user),
        "AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential "
        "DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey DeleteServiceSpecificCredential "
        "DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy "
        "EnableMFADevice GetLoginProfile GetMFADevice GetSSHPublicKey GetUser GetUserPolicy ListAccessKeys "
        "ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListSSHPublicKeys ListServiceSpecificCredentials "
        "ListSigningCertificates ListUserPolicies ListUserTags PutUserPermissionsBoundary PutUserPolicy "
        "ResetServiceSpecificCredential ResyncMFADevice TagUser UntagUser UpdateAccessKey UpdateLoginProfile "
        "UpdateSSHPublicKey UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey "
        "UploadSigningCertificate",
    ),
    (Rule(("user",), _owner_of_key), "GetAccessKeyLastUsed"),
    (Rule(("role",), _new("role", "RoleName")), "CreateRole"),
    (
        _ROLE,
        "AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteServiceLinkedRole "
        "DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole "
        "ListRolePolicies ListRoleTags PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole "
        "UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
    ),
    (Rule(("role",), _service_linked_role), "CreateServiceLinkedRole"),
    (Rule(("role",), _deleted_role), "GetServiceLinkedRoleDeletionStatus"),
    (Rule(("group",), _new("group", "GroupName")), "CreateGroup"),
    (
        _GROUP,
        "AddUserToGroup AttachGroupPolicy DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup GetGroupPolicy "
        "ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup",
    ),
    (Rule(("policy",), _new_policy), "CreatePolicy"),
    (
        _POLICY,
        "CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListEntitiesForPolicy "
        "ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy",
    ),
    (Rule(("instance-profile",), _new("instance-profile", "InstanceProfileName")), "CreateInstanceProfile"),
    (
        _PROFILE,
        "AddRoleToInstanceProfile DeleteInstanceProfile GetInstanceProfile ListInstanceProfileTags "
        "RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile",
    ),
    (
        Rule(("server-certificate",), _new("server-certificate", "ServerCertificateName")),
        "UploadServerCertificate",
    ),
    (
        _CERTIFICATE,
        "DeleteServerCertificate GetServerCertificate ListServerCertificateTags TagServerCertificate "
        "UntagServerCertificate UpdateServerCertificate",
    ),
    (Rule(("mfa",), _new("mfa", "VirtualMFADeviceName")), "CreateVirtualMFADevice"),
    (Rule(("mfa",), _by_arn(MfaDevice, "SerialNumber")), "ListMFADeviceTags TagMFADevice UntagMFADevice"),
    (Rule(("mfa", "sms-mfa"), _by_arn(MfaDevice, "SerialNumber")), "DeleteVirtualMFADevice"),
    (Rule(("oidc-provider",), _new_oidc_provider), "CreateOpenIDConnectProvider"),
    (
        Rule(("oidc-provider",), _by_arn(OidcProvider, "OpenIDConnectProviderArn")),
        "AddClientIDToOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider "
        "ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider "
        "UntagOpenIDConnectProvider UpdateOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint",
    ),
    (Rule(("saml-provider",), _new_saml_provider), "CreateSAMLProvider"),
    (
        Rule(("saml-provider",), _by_arn(SamlProvider, "SAMLProviderArn")),
        "DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags TagSAMLProvider UntagSAMLProvider UpdateSAMLProvider",
    ),
    (
        _DELEGATION,
        "AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest GetDelegationRequest "
        "RejectDelegationRequest SendDelegationToken UpdateDelegationRequest",
    ),
    (Rule(("delegation-request",), _by_arn(None, "EntityArn")), "GetHumanReadableSummary"),
    (Rule(("role-template",), _by_arn(None, "TemplateArn")), "AcquireRole GetRoleTemplateVersion"),
    (Rule(("access-report",), _numbered("access-report", "EntityPath")), "GenerateOrganizationsAccessReport"),
    (Rule(("group", "policy", "role", "user"), _by_arn(None, "Arn")), "GenerateServiceLastAccessedDetails"),
    (Rule(_PRINCIPALS, _by_arn(None, "Arn")), "ListPoliciesGrantingServiceAccess"),
    (
        Rule(_PRINCIPALS, _by_arn(None, "PolicySourceArn")),
        "GetContextKeysForPrincipalPolicy SimulatePrincipalPolicy",
    ),
    (Rule((), _listed("user")), "ListUsers"),
    (Rule((), _listed("role")), "ListRoles"),
    (Rule((), _listed("group")), "ListGroups"),
    (Rule((), _listed("instance-profile")), "ListInstanceProfiles"),
    (Rule((), _listed("server-certificate")), "ListServerCertificates"),
    (Rule((), _listed("mfa")), "ListVirtualMFADevices"),
    (Rule((), _listed("oidc-provider")), "ListOpenIDConnectProviders"),
    (Rule((), _listed("saml-provider")), "ListSAMLProviders"),
    (Rule((), _policies), "ListPolicies"),
    (
        Rule((), _everything),
        "CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy "
        "DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions "
        "DisableOutboundWebIdentityFederation EnableOrganizationsRootCredentialsManagement "
        "EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation GenerateCredentialReport "
        "GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountProperties GetAccountSummary "
        "GetContextKeysForCustomPolicy GetCredentialReport GetOrganizationsAccessReport "
        "GetOutboundWebIdentityFederationInfo GetServiceLastAccessedDetails "
        "GetServiceLastAccessedDetailsWithEntities ListAccountAliases ListDelegationRequests "
        "ListOrganizationsFeatures PutAccountProperties SetSecurityTokenServicePreferences SimulateCustomPolicy "
        "UpdateAccountPasswordPolicy",
    ),
)
RULES: Final[Mapping[str, Rule]] = {name: rule for rule, names in _OPERATIONS for name in names.split()}
"""The rule of every operation of IAM."""
ON_USERS: Final = frozenset(name for name, rule in RULES.items() if rule.find is _user)
"""Operations whose resource is the user that is named, else the caller: it changes with the row of that user alone."""


def passed_role(asked: Asked) -> Target:
    """The role that AddRoleToInstanceProfile passes to EC2; refusals show its ARN."""
    target = _ROLE.find(asked)
    return target._replace(shown=target.arn)
