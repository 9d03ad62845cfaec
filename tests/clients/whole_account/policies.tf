# Managed policies, one of them attached to all that it should be attached to.

data "aws_iam_policy_document" "work" {
  statement {
    sid       = "Work"
    actions   = [local.action, "s3:ListBucket"]
    resources = ["arn:aws:s3:::builds", "arn:aws:s3:::builds/*"]
  }
}

resource "aws_iam_policy" "work" {
  name        = "work"
  path        = "/ci/"
  description = "What robots need"
  tags        = local.tags
  policy      = data.aws_iam_policy_document.work.json
}

resource "aws_iam_policy" "shared" {
  name_prefix = "shared-"
  policy      = data.aws_iam_policy_document.work.json
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  policy_arn = aws_iam_policy.shared.arn
  users      = [aws_iam_user.guest.name]
  groups     = var.changed ? [] : [aws_iam_group.spare.name]
  roles      = var.changed ? [aws_iam_role.federated.name, aws_iam_role.spare.name] : [aws_iam_role.federated.name]
}
