"""Takes the picture of the console in its guide: ``python -m docs.console_picture [DIRECTORY]``.

It needs Playwright and Chromium. With a directory it takes every page there, light, dark and narrow, to be looked at.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from fake_iam import FakeIAM

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
    "--disable-component-update",
]
PICTURE: Final = Path(__file__).parent / "console.png"
NOW: Final = "2026-03-02T09:30:00Z"
CONSOLE: Final = "/_fake_iam/console/"
TEAM: Final = "arn:aws:iam::123456789012:policy/team-keys"
PAGES: Final = {
    "users": "",
    "user": "user?name=alice",
    "roles": "roles",
    "role": "role?name=deploy",
    "policies": "policies",
    "policy": f"policy?arn={TEAM}&line=10&column=5",
    "sessions": "sessions",
    "journal": "journal",
    "call": "call?number=3",
    "why": "why?caller=bob&action=iam:DeleteUser&resource=*",
    "faults": "faults",
}
DOCUMENT: Final = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "OwnKeys",
      "Effect": "Allow",
      "Action": ["iam:*AccessKey*", "iam:GetUser"],
      "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
    },
    {
      "Sid": "NobodyGoes",
      "Effect": "Deny",
      "Action": "iam:Delete*",
      "Resource": "*"
    }
  ]
}"""
SEED: Final[dict[str, Any]] = {
    "users": [
        {
            "name": "alice",
            "created": "400 days ago",
            "tags": {"team": "platform", "owner": "alice@example.com"},
            "access_keys": [
                {
                    "id": "AKIAQAAAAAAAAALICE01",
                    "secret": "an-example-of-a-secret-of-alices-key-001",
                    "created": "132 days ago",
                    "last_used": {"date": "2 hours ago", "region": "eu-west-1", "service": "s3"},
                },
                {"id": "AKIAQAAAAAAAAALICE02", "created": "3 days ago", "status": "Inactive"},
            ],
        },
        {
            "name": "bob",
            "created": "210 days ago",
            "access_keys": [
                {
                    "id": "AKIAQAAAAAAAAAABOB01",
                    "secret": "an-example-of-a-secret-of-bobs-key-00001",
                    "created": "91 days ago",
                    "last_used": {"date": "40 days ago", "region": "us-east-1", "service": "iam"},
                }
            ],
        },
        {
            "name": "ci-deploy",
            "path": "/machines/",
            "created": "60 days ago",
            "access_keys": [
                {
                    "id": "AKIAQAAAAAAAAADEPLOY",
                    "created": "12 days ago",
                    "last_used": {"date": "4 minutes ago", "region": "us-east-1", "service": "sts"},
                }
            ],
        },
        {"name": "carol", "created": "8 days ago"},
    ],
}


def staged(**settings: Any) -> FakeIAM:
    """A server with an account to look at, whose clock stands and whose ids are the same every time; not started."""
    return FakeIAM(random_seed=7, clock=NOW, **settings)


def set_the_stage(fake: FakeIAM) -> None:
    """Users, a role, policies, calls of which policies do not allow some, a fault and a delay."""
    fake.seed(SEED)
    iam = fake.client("iam")
    iam.create_policy(PolicyName="team-keys", PolicyDocument=DOCUMENT, Description="What a team may do with its keys")
    for name in ("alice", "bob"):
        iam.attach_user_policy(UserName=name, PolicyArn=TEAM)
    trust = DOCUMENT.split("[")[0] + '[{"Effect": "Allow", "Principal": {"AWS": "123456789012"},'
    iam.create_role(
        RoleName="deploy",
        Description="Taken on by the pipeline",
        AssumeRolePolicyDocument=f'{trust} "Action": "sts:AssumeRole"}}]}}',
    )
    bob = SEED["users"][1]["access_keys"][0]
    keys = {"access_key_id": bob["id"], "secret_access_key": bob["secret"]}
    bobs = fake.client("iam", **keys)
    bobs.get_user()
    bobs.list_users()
    fake.client("sts").get_session_token()
    fake.faults.add("UpdateAccessKey", caller="bob", error="Throttling", times=2)
    fake.propagation.delay(sts={"new_keys": "8 seconds"})
    with suppress(ClientError):  # the fault strikes
        bobs.update_access_key(AccessKeyId="AKIAQAAAAAAAAAAABOB01", Status="Active")
    with suppress(ClientError):  # there is no such user
        iam.get_user(UserName="dave")
    iam.create_access_key(UserName="carol")


def main(directory: Path | None) -> None:
    """Take the picture, or a picture of every page."""
    from playwright.sync_api import sync_playwright

    with staged() as fake, sync_playwright() as playwright:
        set_the_stage(fake)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if directory is None:
            page = browser.new_page(viewport={"width": 1100, "height": 560})
            page.goto(f"{fake.url}{CONSOLE}")
            page.screenshot(path=PICTURE)
            return
        for name, address in PAGES.items():
            for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360)):
                page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page.goto(f"{fake.url}{CONSOLE}{address}")
                page.screenshot(path=directory / f"{name}-{scheme}-{width}.png", full_page=True)
                page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
