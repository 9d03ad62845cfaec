"""Service-linked roles: which services have one, and how it is made.

The services are data, in the file of this module's name, which says where it has them from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.errors import AccessDenied, InvalidInput, ValidationError
from fake_iam.domain.identities.roles import SERVICE_LINKED_PATH

LONGEST_NAME: Final = 64  # of roles, as the model has it


class Template(NamedTuple):
    """What the roles of a service are made after."""

    service: str
    base_name: str
    policy_name: str
    takes_suffix: bool

    @property
    def path(self) -> str:
        """The path of the service's roles."""
        return f"{SERVICE_LINKED_PATH}{self.service}/"

    @property
    def trust_policy(self) -> str:
        """Who may assume them: the service. The order of the members is recorded."""
        statement = {"Effect": "Allow", "Principal": {"Service": self.service}, "Action": "sts:AssumeRole"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))

    def policy_arn(self, partition: str) -> str:
        """The policy of AWS that is attached to them."""
        return arns.policy(partition, "aws", SERVICE_LINKED_PATH, self.policy_name)

    def role_name(self, suffix: str | None) -> str:
        """The name of one of them (recorded). Raises InvalidInput, ValidationError."""
        if suffix is None:
            return self.base_name
        if not self.takes_suffix:
            raise suffix_not_allowed(self.service)
        name = f"{self.base_name}_{suffix}"
        if len(name) > LONGEST_NAME:
            raise name_too_long(name)
        return name


@cache
def _templates() -> Mapping[str, Template]:
    """All of them by service, read when one is first asked for."""
    data = json.loads((files(__package__) / "service_linked_roles.json").read_text("utf-8"))
    suffixed = frozenset(data["recorded to take a suffix"])
    services = {**data["recorded"], **data["assumed"]}
    return {
        service: Template(service, role_name, policy_name, service in suffixed)
        for service, (role_name, policy_name) in services.items()
    }


def template_of(service: str) -> Template | None:
    """The template of a service, whose name counts letter case (documented); None if it has no such roles."""
    return _templates().get(service)


def find_template(service: str) -> Template:
    """The template of a service. Raises AccessDenied."""
    template = template_of(service)
    if template is None:
        raise no_template(service)
    return template


def no_template(service: str) -> AccessDenied:
    """The service has no service-linked roles: quoted by users (clouddrove/terraform-aws-elasticsearch#20)."""
    return AccessDenied(f"Cannot find Service Linked Role template for {service}")


def suffix_not_allowed(service: str) -> InvalidInput:
    """The service has one role only."""
    return InvalidInput(f"Custom suffix is not allowed for {service}")


def name_too_long(name: str) -> ValidationError:
    """The name with its suffix is longer than a role's may be. Assumed: as if the name had been a parameter."""
    return ValidationError(
        f"1 validation error detected: Value '{name}' at 'roleName' failed to satisfy constraint: "
        f"Member must have length less than or equal to {LONGEST_NAME}"
    )


def name_taken(name: str) -> InvalidInput:
    """The service has that role already."""
    return InvalidInput(f"Service role name {name} has been taken in this account, please try a different suffix.")
