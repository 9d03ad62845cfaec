"""What providers of both kinds have for trusted identity propagation: a context provider and an instance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.saml_providers import SamlProvider

Provider = TypeVar("Provider", OidcProvider, SamlProvider)


def changed(
    provider: Provider,
    context_provider: Mapping[str, Any] | None,
    instance_arn: str | None,
    remove_context_provider: bool | None = None,
    remove_instance: bool | None = None,
) -> Provider:
    """The provider with another context provider and instance, or without; what is not named stays."""
    if remove_context_provider:
        provider = replace(provider, context_provider=None)
    elif context_provider is not None:
        provider = replace(provider, context_provider=json.dumps(context_provider))
    if remove_instance:
        provider = replace(provider, identity_center_instance_arn=None)
    elif instance_arn is not None:
        provider = replace(provider, identity_center_instance_arn=instance_arn)
    return provider


def shown(provider: OidcProvider | SamlProvider) -> dict[str, Any]:
    """Both as a provider's answer has them; the identity store of an instance is not known here."""
    context_provider = provider.context_provider
    return {
        "ContextProvider": None if context_provider is None else json.loads(context_provider),
        "IdentityCenterInstanceArn": provider.identity_center_instance_arn,
    }
