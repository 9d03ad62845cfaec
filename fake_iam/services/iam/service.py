"""The service that IAM's operations register with."""

from __future__ import annotations

from fake_iam.services.registry import Service

IAM = Service("iam")
