# A user with every kind of credential, and one that is only named elsewhere.

resource "aws_iam_user" "robot" {
  name                 = "robot"
  path                 = local.path
  permissions_boundary = local.boundary
  force_destroy        = true
  tags                 = local.tags
}

resource "aws_iam_user" "guest" {
  name = "guest"
}

resource "aws_iam_access_key" "robot" {
  user   = aws_iam_user.robot.name
  status = local.status
}

resource "aws_iam_user_login_profile" "robot" {
  user            = aws_iam_user.robot.name
  password_length = 24

  lifecycle {
    ignore_changes = [password_length] # no import knows it
  }
}

resource "aws_iam_user_ssh_key" "robot" {
  username   = aws_iam_user.robot.name
  encoding   = "SSH"
  public_key = file("key.pub")
  status     = local.status
}

resource "aws_iam_signing_certificate" "robot" {
  user_name        = aws_iam_user.robot.name
  certificate_body = file("signing.pem")
  status           = local.status
}

resource "aws_iam_service_specific_credential" "robot" {
  user_name    = aws_iam_user.robot.name
  service_name = "codecommit.amazonaws.com"
  status       = local.status
}

resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  path                    = "/ci/"
  tags                    = local.tags
  depends_on              = [aws_iam_user.robot]
}

resource "aws_iam_user_policy" "robot" {
  name   = "inline"
  user   = aws_iam_user.robot.name
  policy = data.aws_iam_policy_document.work.json
}

resource "aws_iam_user_policies_exclusive" "robot" {
  user_name    = aws_iam_user.robot.name
  policy_names = [aws_iam_user_policy.robot.name]
}

resource "aws_iam_user_policy_attachment" "robot" {
  user       = aws_iam_user.robot.name
  policy_arn = aws_iam_policy.work.arn
}

resource "aws_iam_user_policy_attachments_exclusive" "robot" {
  user_name   = aws_iam_user.robot.name
  policy_arns = [aws_iam_user_policy_attachment.robot.policy_arn]
}

resource "aws_iam_user_group_membership" "guest" {
  user   = aws_iam_user.guest.name
  groups = var.changed ? [aws_iam_group.guests.name] : [aws_iam_group.guests.name, aws_iam_group.spare.name]
}
