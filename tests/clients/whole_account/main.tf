# The provider, and what is different after the change.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
}

variable "changed" {
  type = bool
}

locals {
  status   = var.changed ? "Inactive" : "Active"
  path     = var.changed ? "/robots/" : "/ci/"
  action   = var.changed ? "s3:PutObject" : "s3:GetObject"
  tags     = var.changed ? { Team = "blue", Stage = "test" } : { Team = "red", Owner = "Ann Other" }
  boundary = var.changed ? null : "arn:aws:iam::aws:policy/PowerUserAccess"
  auditing = var.changed ? "arn:aws:iam::aws:policy/SecurityAudit" : "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
