"""The identity providers that a case makes, of which nobody but the case signs, and their removal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any, Final

from conformance.people import PREFIX
from conformance.targets import Target


def trust_in(provider: str, action: Any, **others: Any) -> str:
    """A trust policy that lets a provider's people do something; ``others`` are further elements of its statement."""
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def steered(target: Target, page: str, **fields: Any) -> Any:
    """What a page of a fake's control plane answers."""
    __tracebackhide__ = True
    body = json.dumps(fields)
    got = target.post("sts", body, content_type="application/json", path=f"/_fake_iam/{page}", signed=False)
    assert got.status == 200, got.body
    return json.loads(got.body)


CLIENT: Final = "fake-iam-conformance"


class SamlProviders:
    """Makes SAML providers; ``clean_up`` removes them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._arns: list[str] = []

    def __call__(self, metadata: str) -> str:
        """A new provider's ARN."""
        __tracebackhide__ = True
        name = PREFIX + secrets.token_hex(6)
        made = self._target.iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata)
        self._arns.append(str(made["SAMLProviderArn"]))
        return self._arns[-1]

    def clean_up(self) -> list[str]:
        """Remove them. Returns what is left behind, in words."""
        delete = self._target.iam.delete_saml_provider
        return left_of(self._arns, lambda arn: delete(SAMLProviderArn=arn))


def left_of(arns: list[str], delete: Callable[[str], Any]) -> list[str]:
    """Delete providers. Returns what is left of them, in words."""
    left = []
    for arn in arns:
        try:
            delete(arn)
        except AssertionError as problem:
            if "NoSuchEntity" not in str(problem) and "no answer" not in str(problem):
                left.append(f"provider {arn}: {problem}")
    return left


class OidcProviders:
    """Makes OpenID Connect providers; ``clean_up`` removes them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._arns: list[str] = []

    def __call__(self) -> str:
        """A new provider's ARN; its one client id is ``CLIENT``."""
        __tracebackhide__ = True
        url = f"https://{PREFIX}{secrets.token_hex(6)}.example.com"
        parameters: dict[str, Any] = {"Url": url, "ClientIDList": [CLIENT], "ThumbprintList": ["a" * 40]}
        made = self._target.iam.create_open_id_connect_provider(**parameters)
        self._arns.append(str(made["OpenIDConnectProviderArn"]))
        return self._arns[-1]

    def clean_up(self) -> list[str]:
        """Remove them. Returns what is left behind, in words."""
        delete = self._target.iam.delete_open_id_connect_provider
        return left_of(self._arns, lambda arn: delete(OpenIDConnectProviderArn=arn))
