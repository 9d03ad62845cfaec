"""What a server loads before its first answer: as little as it needs, since every test run waits for it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "argparse",
    "asyncio",
    "boto3",
    "botocore",
    "cryptography",
    "difflib",
    "email.utils",
    "fake_iam.commands",
    "fake_iam.control.console.console",
    "fake_iam.control.watching.calls",
    "fake_iam.control.documents.format",
    "fake_iam.control.http.guard",
    "fake_iam.domain.identities.groups",
    "fake_iam.domain.identities.role_deletions",
    "fake_iam.domain.sts.sessions",
    "fake_iam.domain.tagging.filters",
    "fake_iam.pipeline.rpc",
    "fake_iam.protocol.documents",
    "fake_iam.services.iam.credentials.access_keys",
    "fake_iam.services.resourcegroupstaggingapi.resources",
    "gzip",
    "hashlib",
    "http",
    "importlib.metadata",
    "ipaddress",
    "jinja2",
    "logging",
    "pathlib",
    "pyotp",
    "segno",
    "sqlalchemy",
    "sqlite3",
    "string",
    "urllib.parse",
    "urllib.request",
    "werkzeug",
    "xmltodict",
    "yaml",
}
START = """
import sys
import fake_iam.cli
from fake_iam.assembly import assemble
from fake_iam.protocol.wire import WireRequest
from fake_iam.settings import Settings

server = assemble(Settings())
"""
SCRIPT = f"""{START}
query = "Action=CreateUser&Version=2010-05-08&UserName={{}}&Tags.member.1.Key=team&Tags.member.1.Value={{}}"
for name, value, needed in (("alice", "blue", set()), ("bob", "%C3%9C", {{"ipaddress", "urllib.parse"}})):
    answer = server.handle(WireRequest.of("GET", "/", query.format(name, value), [("Host", "x")]))
    assert answer.status == 200, answer
    print(sorted({HEAVY!r} & (set(sys.modules) - needed)))
"""


MODELS_READ = f"""
import sys
read = []
sys.addaudithook(lambda event, details: read.append(details[0]) if event == "open" else None)
{START}
services = ("iam", "sts", "resourcegroupstaggingapi")
target = ("X-Amz-Target", "ResourceGroupsTaggingAPI_20170126.GetTagKeys")
for call in (
    WireRequest.of("GET", "/", "Action=ListUsers&Version=2010-05-08", [("Host", "x")]),
    WireRequest.of("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", [("Host", "x")]),
    WireRequest.of("POST", "/", "", [("Host", "x"), target]),
):
    answer = server.handle(call)
    assert answer.status == 200, answer
    print(*(service for service in services if any(f"/{{service}}/20" in str(file) for file in read)))
"""
PARTITIONS_READ = f"""
import sys
read = []
sys.addaudithook(lambda event, details: read.append(str(details[0])) if event == "open" else None)
{START}
for region in ("us-east-1", "eu-west-1"):
    signed = f"AWS4-HMAC-SHA256 Credential=A/20260101/{{region}}/iam/aws4_request, SignedHeaders=host, Signature=a"
    call = WireRequest.of("GET", "/", "Action=ListUsers&Version=2010-05-08", [("Host", "x"), ("Authorization", signed)])
    assert server.handle(call).status == 200
    print(sum(file.endswith(("/partitions.json", "/endpoints.json")) for file in read))
"""

REFERENCE_READ = f"""
import sys
read = []
sys.addaudithook(lambda event, details: read.append(str(details[0])) if event == "open" else None)
{START}
def ask(action, **parameters):
    query = "&".join(f"{{name}}={{value}}" for name, value in parameters.items())
    call = WireRequest.of("GET", "/", f"Action={{action}}&Version=2010-05-08&{{query}}", [("Host", "x")])
    assert server.handle(call).status == 200
    print(action, sum(file.endswith(".bin") for file in read))

arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ask("CreateUser", UserName="alice")
ask("ListUsers")
ask("ListPolicies", Scope="Local")
ask("GetPolicy", PolicyArn=arn)
ask("AttachUserPolicy", UserName="alice", PolicyArn=arn)
ask("ListPolicies", Scope="AWS", MaxItems=1000)
ask("ListPolicyVersions", PolicyArn=arn)
ask("GetPolicyVersion", PolicyArn=arn, VersionId="v1")
ask("GetPolicyVersion", PolicyArn=arn, VersionId="v1")
read.clear()
ask("GenerateServiceLastAccessedDetails", Arn="arn:aws:iam::123456789012:user/alice")
ask("GenerateServiceLastAccessedDetails", Arn="arn:aws:iam::123456789012:user/alice")
"""


def loaded(script: str) -> set[str]:
    """The heavy modules that a script says it has loaded."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name for name in HEAVY if repr(name) in done.stdout}


def test_the_first_answer_needs_no_heavy_library() -> None:
    """An editable installation may load some of them before a script begins: those do not count."""
    assert loaded(SCRIPT) - loaded(f"import sys; print(sorted({HEAVY!r} & set(sys.modules)))") == set()


def test_a_services_model_is_read_with_its_first_call() -> None:
    done = subprocess.run([sys.executable, "-c", MODELS_READ], capture_output=True, text=True, check=True)
    assert done.stdout == "iam\niam sts\niam sts resourcegroupstaggingapi\n"


def test_partitions_are_read_for_another_region_than_the_usual_one() -> None:
    done = subprocess.run([sys.executable, "-c", PARTITIONS_READ], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n1\n"


def test_reference_data_is_read_when_it_is_asked_for_and_a_document_alone() -> None:
    """The last call reads which services there are, and the document of the attached policy."""
    done = subprocess.run([sys.executable, "-c", REFERENCE_READ], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "CreateUser 0",
        "ListUsers 0",
        "ListPolicies 0",
        "GetPolicy 1",
        "AttachUserPolicy 1",
        "ListPolicies 1",
        "ListPolicyVersions 1",
        "GetPolicyVersion 2",
        "GetPolicyVersion 2",
        "GenerateServiceLastAccessedDetails 2",
        "GenerateServiceLastAccessedDetails 2",
    ]
