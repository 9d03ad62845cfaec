"""The STS service. Its modules are loaded when one of their operations is first called."""

from fake_iam.services.sts.service import STS

__all__ = ["STS"]
