"""The service that STS's operations register with."""

from __future__ import annotations

from fake_iam.services.registry import Service

STS = Service("sts")
