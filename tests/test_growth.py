"""Every call does the same work in a small account and in a large one: counted, not timed.

Counted are the instructions that the interpreter takes, and the most memory that is held meanwhile, which tells of
work that is done in C, such as copying a table.
"""

from __future__ import annotations

import gc
import hmac
import itertools
import json
import random
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import segno

from conformance.material import certify, saml_metadata, ssh_key
from conformance.modelled import with_whole_model
from fake_iam.domain import ids
from fake_iam.domain.account.delegation_requests import ASSIGNED, DelegationRequest
from fake_iam.domain.account.organization_tree import Tree
from fake_iam.domain.account.organizations import Organization, OrganizationMember
from fake_iam.domain.clock import ManualClock
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.credentials.mfa_devices import unassigned
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.credentials.service_credentials import ServiceCredential, login_name
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.domain.credentials.ssh_public_keys import SSHPublicKey
from fake_iam.domain.identities.groups import Group, Membership, membership_key
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.role_templates import RoleTemplate, TemplatePolicy, TemplateVersion
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion
from fake_iam.domain.tags import Tag
from fake_iam.served import implemented_services, implemented_targets
from fake_iam.store.base import Account
from tests.support import AwsError, Key, Wire, document_request, form_request, read

pytestmark = with_whole_model  # the scripts call all there is
SMALL, LARGE = 100, 5_000
MORE_STEPS = 1.1  # how many times as many a large account may take: searching takes the logarithm
MORE_BYTES = 16_000  # a run of an index that is split; a copy of a column of 5,000 would be 40,000
PAGE = 10
ACCOUNT = "123456789012"
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
TRUST = (
    '{"Version": "2012-10-17", "Statement": '
    '{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}'
)
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
TEMPLATE = RoleTemplate(
    service="iam.amazonaws.com",
    name="ExampleRoleTemplate",
    major_version=1,
    default_minor_version=1,
    versions=(
        TemplateVersion(
            id="A" * 21,
            minor_version=1,
            role_name="acquired",
            trust_policy=TRUST,
            created_at=AT,
            updated_at=AT,
            inline_policies=(TemplatePolicy("own", DOCUMENT),),
            managed_policy_arns=("arn:aws:iam::aws:policy/IAMUserChangePassword",),
        ),
    ),
)
SERVICE = "codecommit.amazonaws.com"
# Not counted: what draws again until a number fits, whose work differs by luck; signing keys, worked out at their first
# use; and the drawing of QR codes.
UNCOUNTED = (random.__file__, ids.__file__, hmac.__file__, str(Path(segno.__file__).parent))
# What reads the whole account by nature: the report has a line for each user, keys and values are shown once each.
WHOLE = {"GenerateCredentialReport", "GetCredentialReport", "GetTagKeys", "GetTagValues"}
IMPLEMENTED = (*implemented_services().values(), *implemented_targets())
OPERATIONS = sorted(name for each in IMPLEMENTED for name in each.operations)


@dataclass(frozen=True)
class Work:
    """What a call took."""

    steps: int
    bytes: int


def measured(run: Callable[[], Any]) -> tuple[Any, Work]:
    """The result of a call, and its work."""
    steps = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename.startswith(UNCOUNTED):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        steps += event == "opcode"
        return trace

    before = sys.gettrace()
    gc.disable()
    tracemalloc.start()
    sys.settrace(trace)
    try:
        result = run()
    finally:
        sys.settrace(before)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        gc.enable()
    return result, Work(steps, most)


def name(kind: str, number: int) -> str:
    return f"{kind}{number:06d}"


def path(number: int) -> str:
    return f"/team{number % 3}/part{number // 3 % 2}/"


def policy_arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy{path(number)}{name('policy', number)}"


def fill(account: Account, size: int) -> None:
    """So many of each kind; and a group, a policy and a boundary that all users share."""
    shared = "arn:aws:iam::aws:policy/IAMUserChangePassword"
    account.table(RoleTemplate).put(TEMPLATE.arn, TEMPLATE)
    account.table(Organization).put("o-example123", Organization("o-example123", ACCOUNT, Tree("r-ab12")))
    account.table(OrganizationMember).put(ACCOUNT, OrganizationMember("o-example123", ACCOUNT))
    account.table(Group).put("AGPAALL", Group("AGPAALL", ACCOUNT, "everyone", "/", AT))
    for number in range(size):
        user_id, group_id = name("AIDA", number), name("AGPA", number)
        user = User(user_id, ACCOUNT, name("user", number), path(number), AT)
        boundary = policy_arn(number) if number % 2 else shared
        account.users.put(user_id, User(user_id, ACCOUNT, user.name, user.path, AT, permissions_boundary=boundary))
        key_id = name("AKIA", number)
        account.access_keys.put(key_id, AccessKey(key_id, ACCOUNT, user_id, "secret", AT, number))
        account.table(Group).put(group_id, Group(group_id, ACCOUNT, name("group", number), path(number), AT))
        for joined in ("AGPAALL", group_id):
            account.table(Membership).put(membership_key(joined, user_id), Membership(joined, user_id, AT))
        policy = ManagedPolicy(
            id=name("ANPA", number),
            account_id=ACCOUNT,
            name=name("policy", number),
            path=path(number),
            created_at=AT,
            updated_at=AT,
            versions=(PolicyVersion("v1", DOCUMENT, AT),),
        )
        account.table(ManagedPolicy).put(policy.arn, policy)
        for owner, arn in ((user_id, shared), (user_id, policy.arn), (group_id, shared)):
            attachment = Attachment(owner, arn)
            account.table(Attachment).put(attachment.key, attachment)
        inline = InlinePolicy(user_id, "inline", DOCUMENT)
        account.table(InlinePolicy).put(inline.key, inline)
        role_id = name("AROA", number)
        role = Role(role_id, ACCOUNT, name("role", number), path(number), AT, TRUST, permissions_boundary=boundary)
        account.table(Role).put(role_id, role)
        profile_id = name("AIPA", number)
        tags = (Tag("team", "red"),)
        profile = InstanceProfile(profile_id, ACCOUNT, name("profile", number), path(number), AT, role_id, tags)
        account.table(InstanceProfile).put(profile_id, profile)
        for arn in (shared, policy.arn):
            attachment = Attachment(role_id, arn)
            account.table(Attachment).put(attachment.key, attachment)
        for kind in ("used", "free"):
            device = unassigned(
                partition="aws",
                account_id=ACCOUNT,
                path="/",
                name=name(kind, number),
                seed="A" * 64,
                created_at=AT,
                tags=(),
            )
            kept = device.enabled(user_id, AT) if kind == "used" else device
            account.table(type(kept)).put(kept.serial_number, kept)
        others: list[Any] = [
            DelegationRequest(
                id=name("request-", number),
                requestor_id=ACCOUNT,
                workflow_id=name("workflow", number),
                description="Example",
                permissions="{}",
                notification_channel=TOPIC,
                session_duration=3600,
                created_at=AT,
                updated_at=AT,
                state=ASSIGNED,
                owner_account_id=ACCOUNT,
                owner_arn=f"arn:aws:iam::{ACCOUNT}:root",
            ),
            ServiceCredential(
                id=name("ACCA", number),
                account_id=ACCOUNT,
                owner_id=user_id,
                service=SERVICE,
                login=login_name(user.name, ACCOUNT, 0),
                created_at=AT,
                password="password",
            ),
            SigningCertificate(name("CERT", number), ACCOUNT, user_id, "body", name("digest", number), AT, 1),
            SSHPublicKey(name("APKA", number), ACCOUNT, user_id, "ssh", "pem", name("print", number), AT, 1),
            ServerCertificate(name("ASCA", number), ACCOUNT, name("site", number), path(number), "body", None, AT, AT),
        ]
        for row in others:
            account.table(type(row)).put(row.id, row)


Measure = Callable[[Callable[[], Any]], tuple[Any, Any]]


class Caller:
    """Calls an account, and keeps what each call took under the operation and a note.

    Args:
        size: how many of each kind are there.
        measure: makes a call, and tells what it took.
        store: where they are kept.
    """

    def __init__(self, size: int, measure: Measure = measured, store: str = "memory") -> None:
        largest = ("users", "groups", "roles", "instance_profiles", "policies", "server_certificates")
        quotas = ",".join(f"{nouns}_per_account=1000000" for nouns in largest)
        self.wire = Wire(ManualClock(AT), random_seed=7, any_mfa_code=True, quotas=quotas, store=store)
        filled = self.wire.assembled.engine.store
        with filled.transaction():
            for number in range(size):
                filled.record_issue(name("AKIA", number), ACCOUNT)
            fill(filled.account(ACCOUNT), size)
        self._measure = measure
        self.taken: dict[tuple[str, str], Any] = {}

    def __call__(self, operation: str, note: str = "", by: Any = None, **parameters: Any) -> Any:
        request = form_request(operation, by, **parameters)
        response, self.taken[operation, note] = self._measure(lambda: self.wire.send(request))
        return read(response)

    def document(self, operation: str, note: str = "", **members: Any) -> Any:
        """The same of an operation that takes a JSON document."""
        request = document_request(operation, members)
        response, self.taken[operation, note] = self._measure(lambda: self.wire.send(request))
        assert response.status == 200, response.body
        return json.loads(response.body)

    def pages(self, operation: str, note: str = "", **parameters: Any) -> None:
        """The first page of a list, and one from its middle."""
        assert not isinstance(self(operation, f"{note} first page", MaxItems=PAGE, **parameters), AwsError)
        marker = self.wire.call(operation, MaxItems=50, **parameters).get("Marker")
        assert marker is not None, f"{operation} {note} has no second page"
        self(operation, f"{note} middle page", MaxItems=PAGE, Marker=marker, **parameters)


def users(call: Caller) -> None:
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    call("CreateUser", UserName="new", Path="/team1/part1/", **tag)
    call("GetUser", UserName="new")
    call(
        "GetUser",
        "the account",
    )
    call("TagUser", UserName="new", **tag)
    call("ListUserTags", UserName="new")
    call("UntagUser", UserName="new", **{"TagKeys.member.1": "a"})
    call("PutUserPermissionsBoundary", UserName="new", PermissionsBoundary=policy_arn(3))
    call("DeleteUserPermissionsBoundary", UserName="new")
    call("UpdateUser", UserName="new", NewUserName="newer", NewPath="/team2/")
    call("UpdateUser", "in groups", UserName="user000041", NewUserName="renamed", NewPath="/team2/")
    call("UpdateUser", "back", UserName="renamed", NewUserName="user000041", NewPath=path(41))
    call("DeleteUser", UserName="newer")
    call("DeleteUser", "refused", UserName="user000042")
    call.pages("ListUsers")
    for prefix in ("/team1/", "/team1/par", "/team", "/team1/part1/"):
        call("ListUsers", prefix, PathPrefix=prefix, MaxItems=PAGE)
    call.pages("ListUsers", "/team/", PathPrefix="/te")
    call("ListUsers", "nobody", PathPrefix="/nowhere/")


def access_keys(call: Caller) -> None:
    made = call("CreateAccessKey", UserName="user000042")["AccessKey"]
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    call("CreateAccessKey", "refused", UserName="user000042")
    call("ListAccessKeys", UserName="user000042")
    call("ListAccessKeys", "of root")
    call("GetAccessKeyLastUsed", AccessKeyId=key.id)
    call("GetUser", "signed", key)
    call("ListUsers", "signed", key, MaxItems=PAGE)
    call("GetCallerIdentity", "signed", key)
    call("GetCallerIdentity")
    call("GetAccessKeyInfo", AccessKeyId=key.id)
    call("GetSessionToken", "", key)
    call("GetFederationToken", "", key, Name="bob")
    call("DecodeAuthorizationMessage", EncodedMessage="message")
    call("UpdateAccessKey", UserName="user000042", AccessKeyId=key.id, Status="Inactive")
    call("DeleteAccessKey", UserName="user000042", AccessKeyId=key.id)


def passwords(call: Caller) -> None:
    made = call.wire.key("user000043")
    call("CreateLoginProfile", UserName="user000043", Password="a-Password-1")
    call("GetLoginProfile", UserName="user000043")
    call("UpdateLoginProfile", UserName="user000043", Password="a-Password-2")
    call("ChangePassword", "", made, OldPassword="a-Password-2", NewPassword="a-Password-3")
    call("DeleteLoginProfile", UserName="user000043")
    call("UpdateAccountPasswordPolicy", MinimumPasswordLength=8)
    call("GetAccountPasswordPolicy")
    call("DeleteAccountPasswordPolicy")


def groups(call: Caller) -> None:
    call("CreateGroup", GroupName="new", Path="/team1/")
    call("AddUserToGroup", GroupName="new", UserName="user000044")
    call("AddUserToGroup", "in it already", GroupName="everyone", UserName="user000044")
    call("RemoveUserFromGroup", GroupName="new", UserName="user000044")
    call("UpdateGroup", GroupName="new", NewGroupName="newer", NewPath="/team2/")
    call("PutGroupPolicy", GroupName="newer", PolicyName="a", PolicyDocument=DOCUMENT)
    call("GetGroupPolicy", GroupName="newer", PolicyName="a")
    call("ListGroupPolicies", GroupName="newer")
    call("DeleteGroupPolicy", GroupName="newer", PolicyName="a")
    call("AttachGroupPolicy", GroupName="newer", PolicyArn=policy_arn(2))
    call("ListAttachedGroupPolicies", GroupName="newer")
    call("DetachGroupPolicy", GroupName="newer", PolicyArn=policy_arn(2))
    call("DeleteGroup", GroupName="newer")
    call("DeleteGroup", "refused", GroupName="everyone")
    call("RemoveUserFromGroup", "large", GroupName="everyone", UserName="user000044")
    call("AddUserToGroup", "large", GroupName="everyone", UserName="user000044")
    call.pages("GetGroup", GroupName="everyone")
    call("ListGroupsForUser", UserName="user000044")
    call.pages("ListGroups")
    call("ListGroups", "by path", PathPrefix="/team1/", MaxItems=PAGE)


def federated(provider: str, operation: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": f"sts:{operation}"}


def roles(call: Caller) -> None:
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    new = {"RoleName": "new"}
    call("CreateServiceLinkedRole", AWSServiceName="ecs.amazonaws.com")
    task = call("DeleteServiceLinkedRole", RoleName="AWSServiceRoleForECS")
    call("GetServiceLinkedRoleDeletionStatus", **task)
    call("CreateRole", AssumeRolePolicyDocument=TRUST, Path="/team1/", **new, **tag)
    call("GetRole", **new)
    call("UpdateRole", Description="x", **new)
    call("UpdateRoleDescription", Description="x", **new)
    call("UpdateAssumeRolePolicy", PolicyDocument=TRUST, **new)
    call("TagRole", **new, **tag)
    call("ListRoleTags", **new)
    call("UntagRole", **new, **{"TagKeys.member.1": "a"})
    call("PutRolePermissionsBoundary", PermissionsBoundary=policy_arn(3), **new)
    call("DeleteRolePermissionsBoundary", **new)
    call("PutRolePolicy", PolicyName="a", PolicyDocument=DOCUMENT, **new)
    call("GetRolePolicy", PolicyName="a", **new)
    call("ListRolePolicies", **new)
    call("DeleteRolePolicy", PolicyName="a", **new)
    trust = TRUST.replace('"Service": "ec2.amazonaws.com"', f'"AWS": "{ACCOUNT}"')
    call("UpdateAssumeRolePolicy", "of the account", PolicyDocument=trust, **new)
    arn = f"arn:aws:iam::{ACCOUNT}:role/team1/new"
    session = call("AssumeRole", "", call.wire.key("user000050"), RoleArn=arn, RoleSessionName="ci")["Credentials"]
    key = Key(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    call("GetRole", "signed by a session of it", key, **new)
    call("GetScopedCredentials", "", key, DurationSeconds="60")
    root = {"TargetPrincipal": ACCOUNT, "TaskPolicyArn.arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"}
    call("AssumeRoot", "refused", key, **root)
    call("GetDelegatedAccessToken", "refused", TradeInToken="token")
    call(
        "CreateOpenIDConnectProvider", "of a role", Url="https://login.example.com", **{"ClientIDList.member.1": "app"}
    )
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"
    trust = json.dumps({"Version": "2012-10-17", "Statement": federated(provider, "AssumeRoleWithWebIdentity")})
    call("UpdateAssumeRolePolicy", "of a provider", PolicyDocument=trust, **new)
    token = call.wire.assembled.controls.federation.web_identity_token(provider)
    call("AssumeRoleWithWebIdentity", RoleArn=arn, RoleSessionName="ci", WebIdentityToken=token)
    federation = call.wire.assembled.controls.federation
    made = call("CreateSAMLProvider", "of a role", Name="sso", SAMLMetadataDocument=federation.saml_metadata())
    provider = made["SAMLProviderArn"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": federated(provider, "AssumeRoleWithSAML")})
    call("UpdateAssumeRolePolicy", "of a SAML provider", PolicyDocument=trust, **new)
    assertion = federation.saml_assertion("sso", role=arn)
    call("AssumeRoleWithSAML", RoleArn=arn, PrincipalArn=provider, SAMLAssertion=assertion)
    call("AttachRolePolicy", PolicyArn=policy_arn(2), **new)
    call("ListAttachedRolePolicies", **new)
    call("DetachRolePolicy", PolicyArn=policy_arn(2), **new)
    call("DeleteRole", **new)
    call("DeleteRole", "refused", RoleName="role000042")
    profile = {"InstanceProfileName": "new"}
    role = {"RoleName": "role000043"}
    call("CreateInstanceProfile", Path="/team1/", **profile, **tag)
    call("GetInstanceProfile", **profile)
    call("AddRoleToInstanceProfile", **profile, **role)
    call("ListInstanceProfilesForRole", **role)
    call("RemoveRoleFromInstanceProfile", **profile, **role)
    call("TagInstanceProfile", **profile, **tag)
    call("ListInstanceProfileTags", **profile)
    call("UntagInstanceProfile", **profile, **{"TagKeys.member.1": "a"})
    call("DeleteInstanceProfile", **profile)
    call.pages("ListInstanceProfiles")
    call("ListInstanceProfiles", "by path", PathPrefix="/team1/", MaxItems=PAGE)
    call.pages("ListRoles")
    call("ListRoles", "by path", PathPrefix="/team1/", MaxItems=PAGE)


def role_templates(call: Caller) -> None:
    call("GetRoleTemplateVersion", TemplateArn=TEMPLATE.arn)
    call("AcquireRole", TemplateArn=TEMPLATE.arn)
    call("AcquireRole", "again", TemplateArn=TEMPLATE.arn)


def providers(call: Caller) -> None:
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    made = call("CreateOpenIDConnectProvider", Url="https://new.example.com", **tag)
    named = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    call("GetOpenIDConnectProvider", **named)
    call("ListOpenIDConnectProviders")
    call("AddClientIDToOpenIDConnectProvider", ClientID="a", **named)
    call("RemoveClientIDFromOpenIDConnectProvider", ClientID="a", **named)
    call("UpdateOpenIDConnectProvider", **named)
    call("UpdateOpenIDConnectProviderThumbprint", **named, **{"ThumbprintList.member.1": "a" * 40})
    call("TagOpenIDConnectProvider", **named, **tag)
    call("ListOpenIDConnectProviderTags", **named)
    call("UntagOpenIDConnectProvider", **named, **{"TagKeys.member.1": "a"})
    call("DeleteOpenIDConnectProvider", **named)
    made = call("CreateSAMLProvider", Name="new", SAMLMetadataDocument=saml_metadata(), **tag)
    named = {"SAMLProviderArn": made["SAMLProviderArn"]}
    call("GetSAMLProvider", **named)
    call("ListSAMLProviders")
    call("UpdateSAMLProvider", AssertionEncryptionMode="Allowed", **named)
    call("TagSAMLProvider", **named, **tag)
    call("ListSAMLProviderTags", **named)
    call("UntagSAMLProvider", **named, **{"TagKeys.member.1": "a"})
    call("DeleteSAMLProvider", **named)


def policies(call: Caller) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/team1/new"
    call("CreatePolicy", PolicyName="new", Path="/team1/", PolicyDocument=DOCUMENT)
    call("GetPolicy", PolicyArn=arn)
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    call("TagPolicy", PolicyArn=arn, **tag)
    call("ListPolicyTags", PolicyArn=arn)
    call("UntagPolicy", PolicyArn=arn, **{"TagKeys.member.1": "a"})
    call("GetPolicy", "in use", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
    call("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=DOCUMENT)
    call("GetPolicyVersion", PolicyArn=arn, VersionId="v2")
    call("ListPolicyVersions", PolicyArn=arn)
    call("SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v2")
    call("DeletePolicyVersion", PolicyArn=arn, VersionId="v1")
    call("AttachUserPolicy", UserName="user000045", PolicyArn=arn)
    call("ListAttachedUserPolicies", UserName="user000045")
    call("ListAttachedUserPolicies", "by path", UserName="user000045", PathPrefix="/team1/")
    call("DetachUserPolicy", UserName="user000045", PolicyArn=arn)
    simulated = {"ActionNames.member.1": "iam:GetUser"}
    call("SimulateCustomPolicy", **simulated, **{"PolicyInputList.member.1": DOCUMENT})
    call("GetContextKeysForCustomPolicy", **{"PolicyInputList.member.1": DOCUMENT})
    source = {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user{path(42)}user000042"}
    call("SimulatePrincipalPolicy", **simulated, **source)
    call("GetContextKeysForPrincipalPolicy", **source)
    call("DeletePolicy", PolicyArn=arn)
    call("DeletePolicy", "refused", PolicyArn=policy_arn(4))
    call("PutUserPolicy", UserName="user000045", PolicyName="a", PolicyDocument=DOCUMENT)
    call("GetUserPolicy", UserName="user000045", PolicyName="a")
    call("ListUserPolicies", UserName="user000045")
    call("DeleteUserPolicy", UserName="user000045", PolicyName="a")
    call("ListPolicies", "of AWS", Scope="AWS")
    call("ListPolicies", "by path", PathPrefix="/team1/", MaxItems=PAGE)
    usages = {"attached": {"OnlyAttached": "true"}, "permissions": {"PolicyUsageFilter": "PermissionsPolicy"}}
    usages |= {"everything": {}, "own": {"Scope": "Local"}}
    for note, chosen in usages.items():
        call.pages("ListPolicies", note, **chosen)
    boundaries = {"PolicyUsageFilter": "PermissionsBoundary"}
    call("ListPolicies", "boundaries", MaxItems=PAGE, **boundaries)
    call("ListPolicies", "boundaries of AWS", Scope="AWS", MaxItems=PAGE, **boundaries)
    call("ListPolicies", "attached boundaries", OnlyAttached="true", MaxItems=PAGE, **boundaries)
    shared = "arn:aws:iam::aws:policy/IAMUserChangePassword"
    call.pages("ListEntitiesForPolicy", PolicyArn=shared)
    for entity, usage in itertools.product(("User", "Group", "Role"), (None, "PermissionsPolicy")):
        chosen = {"EntityFilter": entity, **({"PolicyUsageFilter": usage} if usage else {})}
        call("ListEntitiesForPolicy", f"{entity} {usage}", PolicyArn=shared, MaxItems=PAGE, **chosen)
    call("ListEntitiesForPolicy", "bounded", PolicyArn=shared, MaxItems=PAGE, **boundaries)
    call("ListEntitiesForPolicy", "by path", PolicyArn=shared, PathPrefix="/team1/", MaxItems=PAGE)


def devices(call: Caller) -> None:
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
    serial = call("CreateVirtualMFADevice", VirtualMFADeviceName="new")["VirtualMFADevice"]["SerialNumber"]
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    call("EnableMFADevice", UserName="user000046", SerialNumber=serial, **codes)
    call("ResyncMFADevice", UserName="user000046", SerialNumber=serial, **codes)
    call("GetMFADevice", SerialNumber=serial)
    call("ListMFADevices", UserName="user000046")
    call("TagMFADevice", SerialNumber=serial, **tag)
    call("ListMFADeviceTags", SerialNumber=serial)
    call("UntagMFADevice", SerialNumber=serial, **{"TagKeys.member.1": "a"})
    call("DeactivateMFADevice", UserName="user000046", SerialNumber=serial)
    call("DeleteVirtualMFADevice", SerialNumber=serial)
    for status in ("Any", "Assigned", "Unassigned"):
        call.pages("ListVirtualMFADevices", status, AssignmentStatus=status)


def key_material(call: Caller) -> None:
    user, certified = {"UserName": "user000047"}, certify()
    made = call("UploadSigningCertificate", CertificateBody=certified.body, **user)["Certificate"]
    call("ListSigningCertificates", **user)
    call("UpdateSigningCertificate", CertificateId=made["CertificateId"], Status="Inactive", **user)
    call("DeleteSigningCertificate", CertificateId=made["CertificateId"], **user)
    made = call("UploadSSHPublicKey", SSHPublicKeyBody=ssh_key(), **user)["SSHPublicKey"]
    key = {"SSHPublicKeyId": made["SSHPublicKeyId"], **user}
    call("GetSSHPublicKey", Encoding="PEM", **key)
    call("ListSSHPublicKeys", **user)
    call("UpdateSSHPublicKey", Status="Inactive", **key)
    call("DeleteSSHPublicKey", **key)
    site, tag = {"ServerCertificateName": "new"}, {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    call("UploadServerCertificate", CertificateBody=certified.body, PrivateKey=certified.private_key, **site)
    call("GetServerCertificate", **site)
    call("TagServerCertificate", **site, **tag)
    call("ListServerCertificateTags", **site)
    call("UntagServerCertificate", **site, **{"TagKeys.member.1": "a"})
    call("UpdateServerCertificate", NewPath="/team1/", **site)
    call("DeleteServerCertificate", **site)
    call.pages("ListServerCertificates")
    call("ListServerCertificates", "by path", PathPrefix="/team1/", MaxItems=PAGE)


def service_credentials(call: Caller) -> None:
    user = {"UserName": "user000048"}
    made = call("CreateServiceSpecificCredential", ServiceName=SERVICE, **user)["ServiceSpecificCredential"]
    credential = {"ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"], **user}
    call("UpdateServiceSpecificCredential", Status="Inactive", **credential)
    call("ResetServiceSpecificCredential", **credential)
    call("ListServiceSpecificCredentials", **user)
    call.pages("ListServiceSpecificCredentials", "of all", AllUsers="true")
    call.pages("ListServiceSpecificCredentials", "of all for one service", AllUsers="true", ServiceName=SERVICE)
    call("DeleteServiceSpecificCredential", **credential)


def organizations(call: Caller) -> None:
    call("ListOrganizationsFeatures")
    call("GenerateOrganizationsAccessReport", "refused", EntityPath="o-exampleorgid/r-abcd")
    call("GetOrganizationsAccessReport", "refused", JobId="00000000-0000-4000-8000-000000000000")
    for feature in ("RootCredentialsManagement", "RootSessions"):
        call(f"EnableOrganizations{feature}")
        call(f"DisableOrganizations{feature}")


def delegation_requests(call: Caller) -> None:
    for number, last in enumerate(("SendDelegationToken", "RejectDelegationRequest")):
        made = call(
            "CreateDelegationRequest",
            Description="Example",
            NotificationChannel=TOPIC,
            RequestorWorkflowId=f"new workflow {number}",
            SessionDuration=3600,
            **{"Permissions.PolicyTemplateArn": "arn:aws:iam:::delegation-template/template"},
        )
        request = {"DelegationRequestId": made["DelegationRequestId"]}
        call("GetDelegationRequest", **request)
        arn = f"arn:aws:iam::{ACCOUNT}:delegation-request/{made['DelegationRequestId']}"
        call("GetHumanReadableSummary", EntityArn=arn)
        call("AssociateDelegationRequest", **request)
        call("UpdateDelegationRequest", Notes="please look", **request)
        call("AcceptDelegationRequest", **request)
        call(last, **request)
    call.pages("ListDelegationRequests")
    call.pages("ListDelegationRequests", "of an owner", OwnerId=f"arn:aws:iam::{ACCOUNT}:root")


def resource_tags(call: Caller) -> None:
    arns = [f"arn:aws:iam::{ACCOUNT}:user{path(51)}user000051", policy_arn(51)]
    call.document("TagResources", ResourceARNList=arns, Tags={"a": "b"})
    call.document("UntagResources", ResourceARNList=arns, TagKeys=["a"])
    first = call.document("GetResources", ResourcesPerPage=PAGE)
    call.document("GetResources", "next page", ResourcesPerPage=PAGE, PaginationToken=first["PaginationToken"])
    call.document("GetResources", "filtered", ResourcesPerPage=PAGE, TagFilters=[{"Key": "team", "Values": ["red"]}])
    call.document("GetResources", "of a type", ResourcesPerPage=PAGE, ResourceTypeFilters=["iam:instance-profile"])


def account(call: Caller) -> None:
    enabled = {"Properties.entry.1.key": "RoleManager/Enabled", "Properties.entry.1.value": "true"}
    call("PutAccountProperties", **enabled)
    call("GetAccountProperties")
    call("EnableOutboundWebIdentityFederation")
    call("GetOutboundWebIdentityFederationInfo")
    asked = {"Audience.member.1": "https://example.com", "SigningAlgorithm": "ES384"}
    call.wire.call("GetWebIdentityToken", **asked)  # makes the key
    call("GetWebIdentityToken", **asked)
    call("DisableOutboundWebIdentityFederation")
    call("CreateAccountAlias", AccountAlias="example")
    call("ListAccountAliases")
    call("DeleteAccountAlias", AccountAlias="example")
    call("GetAccountSummary")
    call.pages("GetAccountAuthorizationDetails")
    for kind in ("User", "Group", "Role", "LocalManagedPolicy"):
        call.pages("GetAccountAuthorizationDetails", kind, **{"Filter.member.1": kind})
    call("GetAccountAuthorizationDetails", "AWS", **{"Filter.member.1": "AWSManagedPolicy"})
    call("SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token")
    arn = f"arn:aws:iam::{ACCOUNT}:user{path(49)}user000049"
    call("ListPoliciesGrantingServiceAccess", Arn=arn, **{"ServiceNamespaces.member.1": "s3"})
    job = call("GenerateServiceLastAccessedDetails", Arn=arn)
    call("GetServiceLastAccessedDetails", **job)
    call("GetServiceLastAccessedDetailsWithEntities", ServiceNamespace="s3", **job)


SCRIPTS = (
    users,
    access_keys,
    passwords,
    groups,
    roles,
    role_templates,
    providers,
    policies,
    devices,
    key_material,
    service_credentials,
    organizations,
    delegation_requests,
    resource_tags,
    account,
)


@cache
def taken(size: int, attempt: int = 1) -> Mapping[tuple[str, str], Work]:
    """The work of every call in an account of that size, which every attempt makes anew."""
    call = Caller(size)
    for script in SCRIPTS:
        script(call)
    return call.taken


@pytest.fixture(scope="module", autouse=True)
def accounts() -> Iterator[None]:
    """Compile every operation first, so that nobody's first call counts."""
    taken(60)
    yield
    taken.cache_clear()


def grown(operation: str, attempt: int) -> dict[str, tuple[Work, Work]]:
    """The calls of an operation that take more in a large account, with what they take in either."""
    small = {note: work for (name, note), work in taken(SMALL, attempt).items() if name == operation}
    large = {note: work for (name, note), work in taken(LARGE, attempt).items() if name == operation}
    assert small, f"no script calls {operation}"
    return {
        note: (work, large[note])
        for note, work in small.items()
        if large[note].steps > MORE_STEPS * work.steps or large[note].bytes > work.bytes + MORE_BYTES
    }


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in WHOLE])
def test_a_call_does_the_same_work_in_a_large_account(operation: str) -> None:
    """What grew once is measured again: a table of the interpreter's own may grow in the middle of any one call."""
    once = grown(operation, 1)
    more = {note: works for note, works in grown(operation, 2).items() if note in once} if once else {}
    assert more == {}


def test_the_exceptions_are_operations() -> None:
    assert set(OPERATIONS) >= WHOLE
