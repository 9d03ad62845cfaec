"""The types of resource that IAM has and the Resource Groups Tagging API knows.

Source: its API reference, "Services that support the Resource Groups Tagging API". TagResources and UntagResources take
all of them; GetResources does not show users and roles (there, and in aws/aws-sdk#581). Nor do GetTagKeys and
GetTagValues, which is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.server_certificates import ServerCertificate, no_such_server_certificate
from fake_iam.domain.errors import NoSuchEntity
from fake_iam.domain.identities.instance_profiles import InstanceProfile, no_such_instance_profile
from fake_iam.domain.identities.roles import Role, no_such_role
from fake_iam.domain.identities.users import User, no_such_user
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.saml_providers import SamlProvider


class ResourceType(NamedTuple):
    """A type of resource, and how IAM tags it.

    Args:
        kind: its rows.
        noun: what the operations of IAM call it: they are Tag... and Untag...
        parameter: by which they name it.
        missing: what they say if there is none of a name; None if they name it by its ARN.
        shown: whether lists of resources show it.
    """

    kind: type[Any]
    noun: str
    parameter: str
    missing: Callable[[str], NoSuchEntity] | None = None
    shown: bool = True


TYPES: Final[Mapping[str, ResourceType]] = {
    "instance-profile": ResourceType(
        InstanceProfile, "InstanceProfile", "InstanceProfileName", no_such_instance_profile
    ),
    "mfa": ResourceType(MfaDevice, "MFADevice", "SerialNumber"),
    "oidc-provider": ResourceType(OidcProvider, "OpenIDConnectProvider", "OpenIDConnectProviderArn"),
    "policy": ResourceType(ManagedPolicy, "Policy", "PolicyArn"),
    "role": ResourceType(Role, "Role", "RoleName", no_such_role, shown=False),
    "saml-provider": ResourceType(SamlProvider, "SAMLProvider", "SAMLProviderArn"),
    "server-certificate": ResourceType(
        ServerCertificate, "ServerCertificate", "ServerCertificateName", no_such_server_certificate
    ),
    "user": ResourceType(User, "User", "UserName", no_such_user, shown=False),
}
"""By what ARNs call them."""
SHOWN: Final = [name for name, each in TYPES.items() if each.shown]
