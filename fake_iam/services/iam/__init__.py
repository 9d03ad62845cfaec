"""The IAM service. Its modules are loaded when one of their operations is first called."""

from fake_iam.services.iam.service import IAM

__all__ = ["IAM"]
