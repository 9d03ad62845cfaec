# All that can be looked up, and what the tests compare.

data "aws_caller_identity" "me" {}

data "aws_iam_session_context" "me" {
  arn = data.aws_caller_identity.me.arn
}

data "aws_iam_session_context" "worker" {
  arn = "arn:aws:sts::${data.aws_caller_identity.me.account_id}:assumed-role/${aws_iam_role.worker.name}/night-shift"
}

data "aws_iam_access_keys" "robot" {
  user       = aws_iam_user.robot.name
  depends_on = [aws_iam_access_key.robot]
}

data "aws_iam_account_alias" "account" {
  depends_on = [aws_iam_account_alias.account]
}

data "aws_iam_group" "robots" {
  group_name = aws_iam_group_membership.robots.group
}

data "aws_iam_instance_profile" "worker" {
  name = aws_iam_instance_profile.worker.name
}

data "aws_iam_instance_profiles" "worker" {
  role_name  = aws_iam_instance_profile.worker.role
  depends_on = [aws_iam_instance_profile.worker]
}

data "aws_iam_openid_connect_provider" "by_arn" {
  arn = aws_iam_openid_connect_provider.builds.arn
}

data "aws_iam_openid_connect_provider" "by_url" {
  url        = "https://token.builds.example.com"
  depends_on = [aws_iam_openid_connect_provider.builds]
}

data "aws_iam_policy" "by_arn" {
  arn = aws_iam_policy.work.arn
}

data "aws_iam_policy" "by_name" {
  name        = aws_iam_policy.work.name
  path_prefix = "/ci/"
}

data "aws_iam_policy" "of_aws" {
  name = "ReadOnlyAccess"
}

data "aws_iam_role" "worker" {
  name = aws_iam_role.worker.name
}

data "aws_iam_roles" "by_name" {
  name_regex = "^(worker|feder.*)$"
  depends_on = [aws_iam_role.worker, aws_iam_role.federated]
}

data "aws_iam_roles" "by_path" {
  path_prefix = "/aws-service-role/"
  depends_on  = [aws_iam_service_linked_role.scaling]
}

data "aws_iam_saml_provider" "staff" {
  arn = aws_iam_saml_provider.staff.arn
}

data "aws_iam_server_certificate" "latest" {
  name_prefix = "si"
  path_prefix = "/ci/"
  latest      = true
  depends_on  = [aws_iam_server_certificate.site]
}

data "aws_iam_user" "robot" {
  user_name = aws_iam_user.robot.name
}

data "aws_iam_users" "by_path" {
  path_prefix = aws_iam_user.robot.path
}

data "aws_iam_users" "by_name" {
  name_regex = "^gu"
  depends_on = [aws_iam_user.guest]
}

data "aws_iam_user_ssh_key" "robot" {
  username          = aws_iam_user.robot.name
  ssh_public_key_id = aws_iam_user_ssh_key.robot.ssh_public_key_id
  encoding          = "SSH"
}

data "aws_iam_principal_policy_simulation" "robot" {
  policy_source_arn = aws_iam_user.robot.arn
  action_names      = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
  resource_arns     = ["arn:aws:s3:::builds/1"]
  depends_on        = [aws_iam_user_policy.robot, aws_iam_group_policy.robots, aws_iam_group_membership.robots]
}

data "aws_iam_principal_policy_simulation" "supposed" {
  policy_source_arn        = aws_iam_role.federated.arn
  action_names             = ["sqs:SendMessage"]
  resource_arns            = ["arn:aws:sqs:us-east-1:123456789012:jobs"]
  additional_policies_json = [data.aws_iam_policy_document.supposed.json]
  context {
    key    = "aws:RequestedRegion"
    type   = "string"
    values = ["us-east-1"]
  }
}

data "aws_iam_policy_document" "supposed" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["us-east-1"]
    }
  }
}
