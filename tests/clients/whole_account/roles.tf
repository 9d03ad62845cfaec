# Roles for services, users and identity providers, and instance profiles.

data "aws_iam_policy_document" "instances" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = var.changed ? ["ec2.amazonaws.com", "lambda.amazonaws.com"] : ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "federated" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.builds.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.builds.example.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
  statement {
    actions = ["sts:AssumeRoleWithSAML"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_saml_provider.staff.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = ["https://signin.aws.amazon.com/saml"]
    }
  }
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.guest.arn]
    }
  }
}

resource "aws_iam_role" "worker" {
  name                  = "worker"
  path                  = "/ci/"
  description           = "Allows ${local.action}"
  assume_role_policy    = data.aws_iam_policy_document.instances.json
  max_session_duration  = var.changed ? 7200 : 3600
  permissions_boundary  = local.boundary
  force_detach_policies = true
  tags                  = local.tags
}

resource "aws_iam_role" "federated" {
  name               = "federated"
  assume_role_policy = data.aws_iam_policy_document.federated.json
}

resource "aws_iam_role" "spare" {
  name_prefix        = "spare-"
  assume_role_policy = data.aws_iam_policy_document.instances.json
}

# The two deprecated arguments, which are in many configurations.
resource "aws_iam_role" "old_style" {
  name                = "old-style"
  assume_role_policy  = data.aws_iam_policy_document.instances.json
  managed_policy_arns = [local.auditing]
  inline_policy {
    name   = "inline"
    policy = data.aws_iam_policy_document.work.json
  }
}

resource "aws_iam_role_policy" "worker" {
  name   = "inline"
  role   = aws_iam_role.worker.name
  policy = data.aws_iam_policy_document.work.json
}

resource "aws_iam_role_policies_exclusive" "worker" {
  role_name    = aws_iam_role.worker.name
  policy_names = [aws_iam_role_policy.worker.name]
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.work.arn
}

resource "aws_iam_role_policy_attachments_exclusive" "worker" {
  role_name   = aws_iam_role.worker.name
  policy_arns = [aws_iam_role_policy_attachment.worker.policy_arn]
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  path = "/ci/"
  role = var.changed ? aws_iam_role.spare.name : aws_iam_role.worker.name
  tags = local.tags
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "robots"
  description      = "Allows ${local.action}"
  tags             = local.tags
}
