"""Stands in for services of AWS that take on roles: an instance of EC2, a function of Lambda, a pod of EKS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fake_iam.control.documents.problems import AwsRefusal, FormatError
from fake_iam.domain import arns
from fake_iam.domain.clock import SteerableClock
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policy.trust import SERVICE
from fake_iam.domain.policy.variables import Values
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

PROFILE: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}):instance-profile/(?:.*/)?([^/]+)", re.ASCII)


class ServiceRoles:
    """The services of AWS as callers of one server.

    Args:
        engine: the server's inside.
        clock: what dates sessions.
    """

    def __init__(self, engine: Engine, clock: SteerableClock) -> None:
        self._engine = engine
        self._clock = clock

    def assume_role_as(
        self,
        service: str,
        *,
        role: str,
        session_name: str,
        duration: int | None = None,
        tags: Mapping[str, str] | None = None,
        transitive_tag_keys: Sequence[str] = (),
        source_identity: str | None = None,
        external_id: str | None = None,
        policy: str | None = None,
        source_arn: str | None = None,
        source_account: str | None = None,
        context: Mapping[str, Values] | None = None,
        account_id: str | None = None,
    ) -> dict[str, Any]:
        """Let a service of AWS take on a role, as AssumeRole does for it; the role's trust policy decides.

        Args:
            service: the service principal, such as ``ec2.amazonaws.com``.
            role: the ARN or name of a role, linked to a service or not, or the ARN of an instance profile.
            session_name: what the service calls its sessions: EC2 the instance, Lambda the function, EKS Pod Identity
                ``eks-{cluster}-{pod}-{uuid}``.
            duration: in seconds; an hour if left out.
            tags: session tags, which also take sts:TagSession.
            transitive_tag_keys: the keys of those that are passed on.
            source_identity: which also takes sts:SetSourceIdentity.
            external_id: the condition key sts:ExternalId.
            policy: a session policy.
            source_arn: the condition key aws:SourceArn: for which resource the service acts.
            source_account: the condition key aws:SourceAccount.
            context: further condition keys.
            account_id: the account of a name; the one that answers if left out.

        Returns:
            What AssumeRole answers: ``Credentials``, ``AssumedRoleUser``.

        Raises:
            AwsRefusal: what AWS refuses, AccessDenied where the role does not trust the service.
            FormatError: the service is none, or there is no such instance profile, or no role in it.
        """
        if SERVICE.fullmatch(service) is None:
            raise FormatError(("service",), f"{service!r} is no service principal such as ec2.amazonaws.com")
        said = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account, **(context or {})}
        account = self._engine.store.account(account_id or self._engine.account_id)
        members = {
            "RoleSessionName": session_name,
            "DurationSeconds": duration,
            "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()] or None,
            "TransitiveTagKeys": list(transitive_tag_keys) or None,
            "SourceIdentity": source_identity,
            "ExternalId": external_id,
            "Policy": policy,
        }
        answers: list[Mapping[str, Any] | None] = []

        def attempt() -> None:
            with self._engine.store.transaction():
                role_arn = self._role_arn(account, role)
                keys = {key.lower(): value for key, value in said.items() if value is not None}
                call = self._engine.service_context(
                    service, account.id, keys, self._clock.now(), partition=arns.partition_of(role_arn)
                )
                given = {name: value for name, value in members.items() if value is not None}
                answers.append(self._engine.operate(call, "sts", "AssumeRole", {"RoleArn": role_arn, **given}))

        refused = self._engine.failure("sts", attempt)
        if refused is not None:
            raise AwsRefusal(refused.code, refused.message or "", refused.status)
        return dict(answers[0] or {})

    def _role_arn(self, account: Account, role: str) -> str:
        """The ARN of a role that is named so, or that is in the instance profile. Raises FormatError."""
        profile = PROFILE.fullmatch(role)
        if profile is not None:
            account = self._engine.store.account(profile[1])
            found = account.table(InstanceProfile).find("name", name_key(profile[2]))
            if found is None or found.arn != role:
                raise FormatError(("role",), f"there is no instance profile {role}")
            held = account.table(Role).get(found.owner_id or "")
            if held is None:
                raise FormatError(("role",), f"the instance profile {role} has no role")
            return held.arn
        if arns.is_arn(role):
            return role
        named = account.table(Role).find("name", name_key(role))
        return arns.role(self._engine.settings.partition, account.id, "/", role) if named is None else named.arn
