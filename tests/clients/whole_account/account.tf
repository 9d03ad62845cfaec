# What there is one of in an account.

resource "aws_iam_account_alias" "account" {
  account_alias = var.changed ? "android-factory" : "robot-factory"
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = var.changed ? 20 : 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}

resource "aws_iam_security_token_service_preferences" "account" {
  global_endpoint_token_version = var.changed ? "v1Token" : "v2Token"
}

resource "aws_iam_organizations_features" "organization" {
  enabled_features = var.changed ? ["RootCredentialsManagement"] : ["RootCredentialsManagement", "RootSessions"]
}
