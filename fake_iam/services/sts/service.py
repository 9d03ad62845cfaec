"""The service that STS's operations register with, and in which module beside this one each of them is."""

from __future__ import annotations

from fake_iam.services.registry import Service

STS = Service(
    "sts",
    package="fake_iam.services.sts",
    nouns={
        "caller": "GetAccessKeyInfo GetCallerIdentity",
        "assumed_roles": "AssumeRole",
        "web_identities": "AssumeRoleWithWebIdentity",
        "saml_identities": "AssumeRoleWithSAML",
        "federation": "DecodeAuthorizationMessage GetFederationToken",
        "narrowed": "AssumeRoot GetDelegatedAccessToken GetScopedCredentials",
        "outbound_tokens": "GetWebIdentityToken",
        "sessions": "GetSessionToken",
    },
)
