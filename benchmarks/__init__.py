"""How fast fake_iam is, beside other local servers of IAM and beside a floor: ``python -m benchmarks``."""
