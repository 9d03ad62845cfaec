"""AWS's partitions and their regions, as botocore's data has them; read when a region first is not the usual one."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from fake_iam.protocol.model import GZIP_WINDOW, data_folders

USUAL: Final = "aws"
USUAL_REGION: Final = "us-east-1"  # IAM's in the usual partition. A test compares it with the data.


class Partition(NamedTuple):
    """A partition: the regions that are known, the form of those to come, and the region of services without one."""

    regions: frozenset[str]
    form: re.Pattern[str]
    global_region: str


@lru_cache(maxsize=256)
def partition_of(region: str) -> str | None:
    """The partition that a region is in, or None if it is no region.

    Regions that are newer than the installed botocore are told by their form. The names that SDKs have for "no region
    in particular" count, too, such as ``aws-global``: with an endpoint of one's own botocore signs with them.
    """
    if region == USUAL_REGION:
        return USUAL
    found = (name for name, each in partitions().items() if region in each.regions or each.form.fullmatch(region))
    return next(found, None)


@cache
def partitions() -> Mapping[str, Partition]:
    """Every partition by its name."""
    return {
        each["id"]: Partition(
            regions=frozenset(each["regions"]),
            form=re.compile(each["regionRegex"], re.ASCII),
            global_region=each["outputs"]["implicitGlobalRegion"],
        )
        for each in _read("partitions.json")["partitions"]
    }


@cache
def iam_region(partition: str) -> str:
    """The region that IAM has in a partition: what its calls are signed for, and where they count as last use.

    That of the partition's endpoint of IAM; where botocore knows none, that of the partition's global services.
    """
    if partition == USUAL:
        return USUAL_REGION
    for each in _read("endpoints.json")["partitions"]:
        iam = each["services"].get("iam")
        if each["partition"] == partition and iam is not None:
            region: str = iam["endpoints"][iam["partitionEndpoint"]]["credentialScope"]["region"]
            return region
    return partitions()[partition].global_region


def _read(name: str) -> Any:
    """A file of botocore's data, which releases may have compressed. Raises LookupError if there is none."""
    for folder in data_folders():
        for file in (os.path.join(folder, name), os.path.join(folder, f"{name}.gz")):
            if os.path.exists(file):
                with open(file, "rb") as opened:
                    data = opened.read()
                return json.loads(zlib.decompress(data, GZIP_WINDOW) if file.endswith(".gz") else data)
    raise LookupError(f"the installed botocore has no {name}")
