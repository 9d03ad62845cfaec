"""The control plane under /_fake_iam/: its pages, and who may ask for them."""
