"""Every noun that is declared, in the order in which a seed is loaded: first what others refer to."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from fake_iam.control.nouns.noun import Noun

# The modules beside this one. They are loaded when controls are used, not when a server starts.
MODULES: Final = (
    "account_aliases",
    "account_properties",
    "organizations",
    "outbound_federation",
    "delegation_requests",
    "managed_policies",
    "groups",
    "users",
    "root_users",
    "roles",
    "role_templates",
    "service_linked_roles",
    "instance_profiles",
    "oidc_providers",
    "saml_providers",
    "signing_keys",
    "memberships",
    "inline_policies",
    "attachments",
    "login_profiles",
    "mfa_devices",
    "signing_certificates",
    "ssh_public_keys",
    "service_credentials",
    "server_certificates",
    "access_keys",
    "password_policy",
    "token_preferences",
    "credential_report",
    "access_reports",
    "sessions",
)


@cache
def nouns() -> tuple[Noun, ...]:
    """The declarations."""
    return tuple(import_module(f"fake_iam.control.nouns.{module}").NOUN for module in MODULES)


@cache
def spelt_on(carrier: str) -> tuple[Noun, ...]:
    """Those of them that dumps spell out."""
    return tuple(noun for noun in hanging_on(carrier) if noun.spell)


@cache
def hanging_on(carrier: str) -> tuple[Noun, ...]:
    """The nouns that a seed states as fields of the account, or of another noun."""
    carried = {name for noun in nouns() if noun.name == carrier for name in noun.carries}
    return tuple(noun for noun in nouns() if noun.seed and (carrier in noun.seed.on or noun.name in carried))
