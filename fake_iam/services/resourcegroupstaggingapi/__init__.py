"""The Resource Groups Tagging API, for what IAM has. Its modules are loaded with their first call."""

from fake_iam.services.resourcegroupstaggingapi.service import TAGGING

__all__ = ["TAGGING"]
