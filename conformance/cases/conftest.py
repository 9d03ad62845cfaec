"""What the cases of several nouns make and remove."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.conftest import LEFT_BEHIND
from conformance.devices import Devices
from conformance.federated import OidcProviders, SamlProviders
from conformance.groups import Groups
from conformance.people import People
from conformance.policies import Policies
from conformance.roles import Roles
from conformance.targets import Target


@pytest.fixture
def new_policy(aws: Target, new_user: People, request: pytest.FixtureRequest) -> Iterator[Policies]:
    """Makes managed policies, and removes them before the users that have them."""
    policies = Policies(aws)
    yield policies
    request.config.stash[LEFT_BEHIND] += policies.clean_up()


@pytest.fixture
def new_device(aws: Target, new_user: People, request: pytest.FixtureRequest) -> Iterator[Devices]:
    """Makes MFA devices, and removes them before the users that have them."""
    devices = Devices(aws)
    yield devices
    request.config.stash[LEFT_BEHIND] += devices.clean_up()


@pytest.fixture
def new_role(aws: Target, new_user: People, request: pytest.FixtureRequest) -> Iterator[Roles]:
    """Makes roles and instance profiles, and removes them before the users that they trust."""
    roles = Roles(aws)
    yield roles
    request.config.stash[LEFT_BEHIND] += roles.clean_up()


@pytest.fixture
def new_oidc_provider(aws: Target, request: pytest.FixtureRequest) -> Iterator[OidcProviders]:
    """Makes OpenID Connect providers, and removes them."""
    providers = OidcProviders(aws)
    yield providers
    request.config.stash[LEFT_BEHIND] += providers.clean_up()


@pytest.fixture
def new_saml_provider(aws: Target, request: pytest.FixtureRequest) -> Iterator[SamlProviders]:
    """Makes SAML providers, and removes them."""
    providers = SamlProviders(aws)
    yield providers
    request.config.stash[LEFT_BEHIND] += providers.clean_up()


@pytest.fixture
def new_group(aws: Target, new_user: People, request: pytest.FixtureRequest) -> Iterator[Groups]:
    """Makes groups, and removes them before the users that are in them."""
    groups = Groups(aws)
    yield groups
    request.config.stash[LEFT_BEHIND] += groups.clean_up()
