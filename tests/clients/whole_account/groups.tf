# Groups with members and policies.

resource "aws_iam_group" "robots" {
  name = "robots"
  path = local.path
}

resource "aws_iam_group" "guests" {
  name = "guests"
}

resource "aws_iam_group" "spare" {
  name = "spare"
}

resource "aws_iam_group" "renamed" {
  name = var.changed ? "new-name" : "old-name"
}

resource "aws_iam_group_membership" "robots" {
  name  = "robots"
  group = aws_iam_group.robots.name
  users = var.changed ? [aws_iam_user.robot.name, aws_iam_user.guest.name] : [aws_iam_user.robot.name]
}

resource "aws_iam_group_policy" "robots" {
  name   = "inline"
  group  = aws_iam_group.robots.name
  policy = data.aws_iam_policy_document.work.json
}

resource "aws_iam_group_policies_exclusive" "robots" {
  group_name   = aws_iam_group.robots.name
  policy_names = [aws_iam_group_policy.robots.name]
}

resource "aws_iam_group_policy_attachment" "robots" {
  group      = aws_iam_group.robots.name
  policy_arn = local.auditing
}

resource "aws_iam_group_policy_attachments_exclusive" "robots" {
  group_name  = aws_iam_group.robots.name
  policy_arns = [aws_iam_group_policy_attachment.robots.policy_arn]
}
