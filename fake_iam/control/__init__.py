"""The test-control plane under /_fake_iam/: it watches and steers an engine; no step knows it."""
