"""Taking on roles by the assertion of a SAML identity provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fake_iam.domain import arns
from fake_iam.domain.providers.saml_providers import SamlProvider
from fake_iam.domain.sts.role_sessions import may_not_assume_with
from fake_iam.domain.sts.saml_identities import check_assertion, unknown_provider
from fake_iam.services.context import Context
from fake_iam.services.sts.role_sessions import Asked, account_of_role, begin_federated, known_account
from fake_iam.services.sts.saml_responses import verified
from fake_iam.services.sts.service import STS

OPERATION = "AssumeRoleWithSAML"


@STS.operation(OPERATION)
def assume_role_with_saml(
    ctx: Context,
    *,
    role_arn: str,
    principal_arn: str,
    saml_assertion: str,
    policy_arns: Sequence[Mapping[str, str]] = (),
    policy: str | None = None,
    duration_seconds: int | None = None,
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials of a role for the subject of an assertion that a provider of the account signed.

    The attribute SessionDuration is for the console alone (documented). The order of the checks is assumed: provider,
    form, issuer, signature, time, audience, session name, role, trust, duration, session policies.
    """
    account_id = account_of_role(role_arn)
    provider = find_provider(ctx, principal_arn)
    assertion = verified(saml_assertion, provider)
    check_assertion(assertion, provider.id, ctx.now)
    name = assertion.session_name
    if provider.account_id != account_id or not assertion.grants(role_arn, principal_arn):
        raise may_not_assume_with(OPERATION)
    of = (provider.account_id, provider.name)
    return {
        **begin_federated(
            ctx,
            OPERATION,
            role_arn,
            name,
            provider.arn,
            assertion.session(),
            Asked(duration_seconds, policy, tuple(member["arn"] for member in policy_arns if "arn" in member)),
            minimum_session_token_size,
            keys=assertion.keys(*of),
            kept=assertion.kept_keys(*of),
            until=assertion.session_until,
        ),
        "Subject": assertion.subject,
        "SubjectType": assertion.subject_type,
        "Issuer": assertion.issuer,
        "Audience": assertion.recipient,
        "NameQualifier": assertion.name_qualifier(*of),
    }


def find_provider(ctx: Context, arn: str) -> SamlProvider:
    """The SAML provider of that ARN. Raises InvalidIdentityToken."""
    account = known_account(ctx, arns.account_of(arn))
    provider = account.table(SamlProvider).get(arn) if account is not None else None
    if provider is None:
        raise unknown_provider()
    return provider
