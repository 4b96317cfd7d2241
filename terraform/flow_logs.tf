# A log of the VPC's connections: by default in prod, where the VPC is ours.

locals {
  flow_logs = coalesce(var.flow_logs, local.production && local.own_network)
}

resource "aws_flow_log" "vpc" {
  count = local.flow_logs ? 1 : 0

  vpc_id               = local.vpc_id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flows[0].arn
  iam_role_arn         = aws_iam_role.flows[0].arn
}

resource "aws_cloudwatch_log_group" "flows" {
  #checkov:skip=CKV_AWS_338:30 days outside prod, log_retention_days sets it
  count = local.flow_logs ? 1 : 0

  name              = "/aws/vpc/${local.prefix}"
  retention_in_days = local.log_retention_days
  kms_key_id        = local.data_key_arn
}

resource "aws_iam_role" "flows" {
  count = local.flow_logs ? 1 : 0

  name                 = "${local.prefix}-flow-logs"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "flows" {
  count = local.flow_logs ? 1 : 0

  name = "write-its-log-group"
  role = aws_iam_role.flows[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = "${aws_cloudwatch_log_group.flows[0].arn}:*"
    }]
  })
}
