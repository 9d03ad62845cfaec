"""Organizations as far as IAM asks for them: what their accounts may do, and who manages the root users of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from fake_iam.domain.account.organization_tree import Tree
from fake_iam.domain.errors import ServiceError
from fake_iam.domain.policy.decisions import Policy

ROOT_CREDENTIALS_MANAGEMENT: Final = "RootCredentialsManagement"
ROOT_SESSIONS: Final = "RootSessions"
FEATURES: Final = (ROOT_CREDENTIALS_MANAGEMENT, ROOT_SESSIONS)


class OrganizationNotFound(ServiceError):
    """The account is in no organization."""

    code = "OrganizationNotFoundException"


class OrganizationNotInAllFeaturesMode(ServiceError):
    """The account's organization is for consolidated billing only."""

    code = "OrganizationNotInAllFeaturesModeException"


class ServiceAccessNotEnabled(ServiceError):
    """Organizations gives IAM no trusted access."""

    code = "ServiceAccessNotEnabledException"


class NotManagementOrDelegatedAdministrator(ServiceError):
    """The account neither manages the organization nor administers IAM for it."""

    code = "AccountNotManagementOrDelegatedAdministratorException"


class NotManagementAccount(ServiceError):
    """The account does not manage the organization."""

    code = "CallerIsNotManagementAccountException"


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization, kept in its management account.

    ``members`` are the other accounts, of which ``delegated_administrators`` administer IAM. ``trusted_access`` tells
    whether Organizations lets IAM in, ``all_features`` whether it is more than consolidated billing.
    """

    id: str
    management_account_id: str
    tree: Tree = Tree()
    members: tuple[str, ...] = ()
    delegated_administrators: tuple[str, ...] = ()
    trusted_access: bool = True
    all_features: bool = True
    features: tuple[str, ...] = ()

    def includes(self, account_id: str) -> bool:
        """Whether the account is in the organization."""
        return account_id == self.management_account_id or account_id in self.members

    def path(self, account_id: str) -> str:
        """Where an account is, as aws:PrincipalOrgPaths has it: with a slash at the end, without the account."""
        return "/".join((self.id, *self.tree.way_to(account_id)[:-1], ""))

    def control_policies(self, entity_id: str) -> Sequence[Sequence[Policy]]:
        """The levels of service control policies that limit the root, a unit or an account.

        The management account has no limits.
        """
        return () if entity_id == self.management_account_id else self.tree.levels(entity_id)

    def accounts_of(self, entity_id: str) -> Sequence[str]:
        """An account alone, or the members below a unit or below the root."""
        if entity_id == self.management_account_id:
            return [entity_id]
        return [account_id for account_id in self.members if entity_id in self.tree.way_to(account_id)]

    def admit(self, account_id: str) -> None:
        """Let the account see the features, and switch them off. The order of the checks is assumed.

        Raises:
            OrganizationNotInAllFeaturesMode, ServiceAccessNotEnabled: the organization has no such features.
            NotManagementOrDelegatedAdministrator: they are not for this account.
        """
        if not self.all_features:
            raise not_in_all_features_mode()
        if not self.trusted_access:
            raise no_trusted_access()
        if account_id != self.management_account_id and account_id not in self.delegated_administrators:
            raise not_management_or_delegated()

    def admit_to_enable(self, account_id: str) -> None:
        """Let the account switch features on, which the management account alone may: raises NotManagementAccount.

        That delegated administrators may not: the service model gives the error to these operations alone.
        """
        self.admit(account_id)
        if account_id != self.management_account_id:
            raise not_management()

    def with_feature(self, feature: str) -> Organization:
        """The organization with the feature on; one that is on stays so."""
        return replace(self, features=tuple(known for known in FEATURES if known in (*self.features, feature)))

    def without_feature(self, feature: str) -> Organization:
        """The organization with the feature off; one that is off stays so."""
        return replace(self, features=tuple(known for known in self.features if known != feature))


@dataclass(frozen=True, slots=True)
class OrganizationMember:
    """That an account is in an organization, kept in the account; ``management_account_id`` keeps the organization."""

    organization_id: str
    management_account_id: str


# Assumed: the sentences of the service model's documentation. AWS's own texts are not known.


def no_organization() -> OrganizationNotFound:
    """The account is in no organization."""
    return OrganizationNotFound("The request was rejected because no organization is associated with your account.")


def not_in_all_features_mode() -> OrganizationNotInAllFeaturesMode:
    """The organization is for consolidated billing only."""
    return OrganizationNotInAllFeaturesMode(
        "The request was rejected because your organization does not have All features enabled."
    )


def no_trusted_access() -> ServiceAccessNotEnabled:
    """Organizations does not let IAM in."""
    return ServiceAccessNotEnabled(
        "The request was rejected because trusted access is not enabled for IAM in Organizations."
    )


def not_management_or_delegated() -> NotManagementOrDelegatedAdministrator:
    """An ordinary member."""
    return NotManagementOrDelegatedAdministrator(
        "The request was rejected because the account making the request is not the management account or delegated "
        "administrator account for centralized root access."
    )


def not_management() -> NotManagementAccount:
    """A delegated administrator that wants to switch something on."""
    return NotManagementAccount(
        "The request was rejected because the account making the request is not the management account for the "
        "organization."
    )
