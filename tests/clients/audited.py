"""An account in which auditors find something of each kind, and something that is right."""

from __future__ import annotations

from typing import Any

from conformance.material import certify


def document(*actions: str, resource: str = "*") -> dict[str, Any]:
    """A policy that allows these actions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusting(*services: str) -> dict[str, Any]:
    """A trust policy for services of AWS."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": list(services)}}
    return {"Version": "2012-10-17", "Statement": [statement]}


USED: dict[str, Any] = {"date": "1 day ago", "service": "s3", "region": "eu-west-1"}
PASSWORD: dict[str, Any] = {"created": "300 days ago", "changed": "10 days ago"}


def account() -> dict[str, Any]:
    """The seed."""
    site = certify()
    old, fresh = {"created": "120 days ago", "last_used": USED}, {"created": "20 days ago", "last_used": USED}
    return {
        "password_policy": {"minimum_length": 8},
        "root": {"password_last_used": "1 hour ago", "access_keys": [{"created": "900 days ago"}]},
        "policies": [{"name": "everything", "document": document("*")}, {"name": "unused", "document": document("*")}],
        "groups": [
            {
                "name": "staff",
                "policies": {"escalate": document("iam:CreatePolicyVersion")},
                "attached_policies": ["arn:aws:iam::aws:policy/IAMFullAccess"],
            }
        ],
        "roles": [
            {
                "name": "worker",
                "created": "400 days ago",
                "trust_policy": trusting("lambda.amazonaws.com"),
                "attached_policies": ["arn:aws:iam::123456789012:policy/everything"],
            }
        ],
        "users": [
            {
                "name": "good",
                "created": "400 days ago",
                "groups": ["staff"],
                "login_profile": PASSWORD,
                "password_last_used": "1 day ago",
                "mfa_devices": [{}],
                "access_keys": [fresh],
            },
            {
                "name": "no-mfa",
                "created": "400 days ago",
                "login_profile": PASSWORD,
                "password_last_used": "200 days ago",
            },
            {
                "name": "old-key",
                "created": "400 days ago",
                "access_keys": [old],
                "policies": {
                    "read": document("s3:GetObject"),
                    "read-builds": document("s3:GetObject", resource="arn:aws:s3:::builds/*"),
                },
            },
            {"name": "two-keys", "created": "400 days ago", "access_keys": [fresh, {"created": "60 days ago"}]},
            {
                "name": "admin",
                "created": "400 days ago",
                "attached_policies": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            },
        ],
        "server_certificates": [{"name": "site", "body": site.body, "private_key": site.private_key}],
    }
