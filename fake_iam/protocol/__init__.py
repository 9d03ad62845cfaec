"""AWS's wire, driven by the service model; knows no IAM."""
