"""Role templates: from what AcquireRole makes a role. AWS publishes them; here there are those that a seed states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fake_iam.domain import arns
from fake_iam.domain.errors import InvalidInput, NoSuchEntity, ServiceError
from fake_iam.domain.identities.template_values import TemplateParameter
from fake_iam.domain.tags import Tags

ROLE_NAME = r"[\w+=,.@-]{1,64}"  # as in the model, which has no shape for what a pattern comes to
ROLE_PATH = r"/([!-~]{1,510}/)?"


class RoleTemplateDisabled(ServiceError):
    """The role template makes no roles."""

    code = "RoleTemplateDisabled"


class NameConflict(ServiceError):
    """The name that a role template gives is taken."""

    code = "NameConflict"


@dataclass(frozen=True, slots=True)
class TemplatePolicy:
    """An inline policy of the roles; there may be placeholders in its document."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """A minor version of a template, which never changes. Texts may have placeholders such as ``@{RoleName}``."""

    id: str
    minor_version: int
    role_name: str
    trust_policy: str
    created_at: datetime
    updated_at: datetime
    role_path: str = "/"
    role_description: str | None = None
    inline_policies: tuple[TemplatePolicy, ...] = ()
    managed_policy_arns: tuple[str, ...] = ()
    permissions_boundary: str | None = None
    parameters: tuple[TemplateParameter, ...] = ()
    tags: Tags = ()
    max_session_duration: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A template that a service manages, by its principal such as ``iam.amazonaws.com``, with its minor versions."""

    service: str
    name: str
    major_version: int
    default_minor_version: int
    versions: tuple[TemplateVersion, ...]
    description: str | None = None
    enabled: bool = True
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, without the minor version."""
        return arns.role_template(self.partition, self.service, self.name, self.major_version)

    def version(self, minor_version: int | None) -> TemplateVersion:
        """The version of that number, else the default one. Raises NoSuchEntity."""
        wanted = self.default_minor_version if minor_version is None else minor_version
        found = next((version for version in self.versions if version.minor_version == wanted), None)
        if found is None:
            raise no_such_template_version(self.arn, wanted)
        return found


# The texts are assumed: nobody has published what AWS says. Codes are those that the model lists.


def no_such_template(arn: str) -> NoSuchEntity:
    """No template of that ARN."""
    return NoSuchEntity(f"The role template with ARN {arn} cannot be found.")


def no_such_template_version(arn: str, minor_version: int) -> NoSuchEntity:
    """The template has no such minor version."""
    return NoSuchEntity(f"The role template with ARN {arn} has no minor version {minor_version}.")


def template_disabled(arn: str) -> RoleTemplateDisabled:
    """The template, or this version of it, makes no roles."""
    return RoleTemplateDisabled(f"The role template with ARN {arn} is disabled.")


def role_name_conflict(name: str) -> NameConflict:
    """There is a role of that name, which was not made from the template."""
    return NameConflict(f"The role name {name} conflicts with an existing role in the account.")


def invalid_role_name(name: str) -> InvalidInput:
    """What the name's pattern comes to is no name of a role."""
    return InvalidInput(f"The role name {name} that the role template gives is invalid.")


def invalid_role_path(path: str) -> InvalidInput:
    """What the path's pattern comes to is no path."""
    return InvalidInput(f"The role path {path} that the role template gives is invalid.")
