# Identity providers and a server's certificate.

resource "aws_iam_openid_connect_provider" "builds" {
  url             = "https://token.builds.example.com"
  client_id_list  = var.changed ? ["sts.amazonaws.com", "deploy"] : ["sts.amazonaws.com", "build"]
  thumbprint_list = [var.changed ? "2222222222222222222222222222222222222222" : "1111111111111111111111111111111111111111"]
  tags            = local.tags
}

resource "aws_iam_saml_provider" "staff" {
  name                   = "staff"
  saml_metadata_document = file(var.changed ? "metadata-2.xml" : "metadata-1.xml")
  tags                   = local.tags
}

resource "aws_iam_server_certificate" "site" {
  name             = "site"
  path             = "/ci/"
  certificate_body = file("site.pem")
  private_key      = file("site.key")
  tags             = local.tags

  lifecycle {
    ignore_changes = [private_key] # no import knows it
  }
}
