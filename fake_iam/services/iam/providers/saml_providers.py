"""Operations on SAML providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.providers.saml_metadata import identity_providers, unparsable_metadata
from fake_iam.domain.providers.saml_providers import (
    ID_ALPHABET,
    ID_LENGTH,
    LEAST_KEY_BITS,
    PRIVATE_KEY_PREFIX,
    PROVIDER_PREFIX,
    SamlPrivateKey,
    SamlProvider,
    a_century_after,
    context_and_metadata,
    instance_without_context,
    invalid_private_key,
    key_added_and_removed,
    no_such_provider,
    nothing_to_update,
    provider_exists,
    set_and_removed,
)
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.credentials.key_material import is_sound, read_private_key
from fake_iam.services.iam.providers import identity_center
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


def find_saml_provider(ctx: Context, arn: str) -> SamlProvider:
    """The provider of that ARN. Raises NoSuchEntity."""
    provider = ctx.account.table(SamlProvider).get(arn)
    if provider is None:
        raise no_such_provider(arn)
    return provider


TAGS: Final = Tagged(SamlProvider, key=attrgetter("arn"), find=find_saml_provider, as_set=True)


def keep(ctx: Context, provider: SamlProvider) -> None:
    """Put a provider in place of what it was."""
    ctx.account.table(SamlProvider).put(provider.arn, provider)


def check_metadata(document: str) -> None:
    """Hold a document to what can be read of it, and its certificates to AWS's rules. Raises InvalidInput.

    No dates are looked at (IAM User Guide, Create a SAML identity provider in IAM).
    """
    for provider in identity_providers(document):
        for certificate in (*provider.signing_certificates, *provider.other_certificates):
            if not is_sound(certificate, LEAST_KEY_BITS):
                raise unparsable_metadata()


def new_private_key(ctx: Context, pem: str) -> SamlPrivateKey:
    """A private key that is uploaded now. Raises InvalidInput."""
    if read_private_key(pem) is None:
        raise invalid_private_key()
    return SamlPrivateKey(PRIVATE_KEY_PREFIX + ctx.ids.text(ID_ALPHABET, ID_LENGTH), ctx.now, pem)


def with_keys(
    ctx: Context, provider: SamlProvider, add: str | None, remove: str | None, mode: str | None
) -> SamlProvider:
    """The provider with a key more or less, in that mode. A key may be added and required at once.

    Raises InvalidInput, LimitExceeded.
    """
    if add is not None:
        provider = provider.with_private_key(new_private_key(ctx, add))
    if mode is not None:
        provider = provider.with_encryption(mode)
    return provider if remove is None else provider.without_private_key(remove)


def checked(provider: SamlProvider) -> SamlProvider:
    """The provider, if its Identity Center instance has a context provider. Raises InvalidInput."""
    if provider.identity_center_instance_arn is not None and provider.context_provider is None:
        raise instance_without_context()
    return provider


def check_sides(*, context: bool, metadata: bool) -> None:
    """Hold an update to one of its two sides: the context provider, or all the rest. Raises InvalidInput."""
    if context and metadata:
        raise context_and_metadata()
    if not context and not metadata:
        raise nothing_to_update()


def summary(provider: SamlProvider) -> dict[str, Any]:
    """A provider as lists show it. The flag is there only if it is set: recorded lists are without it."""
    propagates = provider.identity_center_instance_arn is not None
    return {
        "Arn": provider.arn,
        "ValidUntil": provider.valid_until,
        "CreateDate": provider.created_at,
        "IsTrustedIdentityPropagationEnabled": True if propagates else None,
    }


@IAM.operation("CreateSAMLProvider")
def create_saml_provider(
    ctx: Context,
    *,
    saml_metadata_document: str,
    name: str,
    tags: Sequence[Mapping[str, str]] = (),
    assertion_encryption_mode: str | None = None,
    add_private_key: str | None = None,
    context_provider: Mapping[str, Any] | None = None,
    identity_center_instance_arn: str | None = None,
) -> dict[str, Any]:
    """Trust an identity provider by its metadata, for a hundred years whatever that says (recorded)."""
    given = tagging.given(tags)
    check_metadata(saml_metadata_document)
    providers = ctx.account.table(SamlProvider)
    if providers.find("name", name_key(name)):
        raise provider_exists(name)
    if len(providers) >= ctx.quotas.saml_providers_per_account:
        raise LimitExceeded.quota("SAMLProvidersPerAccount", ctx.quotas.saml_providers_per_account)
    provider = SamlProvider(
        id=PROVIDER_PREFIX + ctx.ids.text(ID_ALPHABET, ID_LENGTH),
        account_id=ctx.account.id,
        name=name,
        metadata=saml_metadata_document,
        created_at=ctx.now,
        valid_until=a_century_after(ctx.now),
        tags=given,
        partition=ctx.partition,
    )
    provider = with_keys(ctx, provider, add_private_key, None, assertion_encryption_mode)
    keep(ctx, checked(identity_center.changed(provider, context_provider, identity_center_instance_arn)))
    return {"SAMLProviderArn": provider.arn, "Tags": views.tag_list(given) or None}


@IAM.operation("GetSAMLProvider")
def get_saml_provider(ctx: Context, *, saml_provider_arn: str) -> dict[str, Any]:
    """Show a provider with its metadata as it was uploaded, and the ids of its private keys, never these themselves."""
    provider = find_saml_provider(ctx, saml_provider_arn)
    return {
        "SAMLProviderUUID": provider.id,
        "SAMLMetadataDocument": provider.metadata,
        "CreateDate": provider.created_at,
        "ValidUntil": provider.valid_until,
        "Tags": views.tag_list(provider.tags),
        "AssertionEncryptionMode": provider.encryption_mode,
        "PrivateKeyList": [{"KeyId": key.id, "Timestamp": key.uploaded_at} for key in provider.private_keys],
        **identity_center.shown(provider),
    }


@IAM.operation("ListSAMLProviders")
def list_saml_providers(ctx: Context) -> dict[str, Any]:
    """List all providers, the older first (assumed), on one page (recorded)."""
    return {"SAMLProviderList": [summary(provider) for _, provider in ctx.account.table(SamlProvider).items()]}


@IAM.operation("UpdateSAMLProvider")
def update_saml_provider(
    ctx: Context,
    *,
    saml_provider_arn: str,
    saml_metadata_document: str | None = None,
    assertion_encryption_mode: str | None = None,
    add_private_key: str | None = None,
    remove_private_key: str | None = None,
    context_provider: Mapping[str, Any] | None = None,
    identity_center_instance_arn: str | None = None,
    remove_context_provider: bool | None = None,
    remove_identity_center_instance: bool | None = None,
) -> dict[str, Any]:
    """Change what is named; the rest stays."""
    provider = find_saml_provider(ctx, saml_provider_arn)
    check_sides(
        context=bool(context_provider is not None or remove_context_provider),
        metadata=any(
            (
                saml_metadata_document,
                assertion_encryption_mode,
                add_private_key,
                remove_private_key,
                identity_center_instance_arn,
                remove_identity_center_instance,
            )
        ),
    )
    if add_private_key is not None and remove_private_key is not None:
        raise key_added_and_removed()
    if context_provider is not None and remove_context_provider:
        raise set_and_removed("the context provider")
    if identity_center_instance_arn is not None and remove_identity_center_instance:
        raise set_and_removed("the IAM Identity Center instance")
    if saml_metadata_document is not None:
        check_metadata(saml_metadata_document)
        provider = provider.with_metadata(saml_metadata_document, ctx.now)
    provider = with_keys(ctx, provider, add_private_key, remove_private_key, assertion_encryption_mode)
    updated = identity_center.changed(
        provider,
        context_provider,
        identity_center_instance_arn,
        remove_context_provider,
        remove_identity_center_instance,
    )
    keep(ctx, checked(updated))
    return {"SAMLProviderArn": provider.arn}


@IAM.operation("DeleteSAMLProvider")
def delete_saml_provider(ctx: Context, *, saml_provider_arn: str) -> None:
    """Trust a provider no more; roles that name it are not looked at (documented)."""
    ctx.account.table(SamlProvider).delete(find_saml_provider(ctx, saml_provider_arn).arn)


@IAM.operation("TagSAMLProvider")
def tag_saml_provider(ctx: Context, *, saml_provider_arn: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a provider; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, saml_provider_arn, tags)


@IAM.operation("UntagSAMLProvider")
def untag_saml_provider(ctx: Context, *, saml_provider_arn: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a provider; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, saml_provider_arn, tag_keys)


@IAM.operation("ListSAMLProviderTags")
def list_saml_provider_tags(
    ctx: Context, *, saml_provider_arn: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a provider's tags in the order in which their keys were first set."""
    return tagging.listed(ctx, TAGS, saml_provider_arn, "ListSAMLProviderTags", marker, max_items)
