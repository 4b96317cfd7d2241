# Two keys: `secrets` seals what connections keep secret, and only functions that open or seal it may use
# it; `data` encrypts what lies in services: the database, its master secret, log groups, the alarm topic. Either may
# be one that is there already (secrets_key_arn, data_key_arn), of whose policy its owner decides.

locals {
  secrets_key_arn = var.secrets_key_arn != null ? var.secrets_key_arn : aws_kms_key.secrets[0].arn
  data_key_arn    = var.data_key_arn != null ? var.data_key_arn : aws_kms_key.data[0].arn

  # AWS's own form: the account's IAM policies decide, so that a key can't be locked away from everybody.
  key_administration = {
    Sid       = "IamDecides"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }

  # What the services need of `data`, whose it may be
  data_key_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      local.key_administration,
      {
        Sid       = "LogGroupsOfThisDeployment"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.arn_in_region}:log-group:/aws/*/${local.prefix}*"
          }
        }
      }
      ], [for service, condition in local.alarm_publishers : merge({
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      }, condition)
      ], !local.cloudtrail ? [] : [
      {
        Sid       = "Trail"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
    ])
  })
}

resource "aws_kms_key" "secrets" {
  count = var.secrets_key_arn == null ? 1 : 0

  description             = "${local.prefix}: secrets of connections"
  enable_key_rotation     = true
  deletion_window_in_days = local.production ? 30 : 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.key_administration,
      {
        # The code seals with source and connection as context; without both nothing opens.
        Sid       = "NeverWithoutItsContext"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { Null = { "kms:EncryptionContext:source" = "true" } }
      },
    ]
  })
}

resource "aws_kms_alias" "secrets" {
  count = length(aws_kms_key.secrets)

  name          = replace(local.resources.kms.secrets, "{stage}", var.environment)
  target_key_id = aws_kms_key.secrets[0].key_id
}

resource "aws_kms_key" "data" {
  count = var.data_key_arn == null ? 1 : 0

  description             = "${local.prefix}: database, logs, alarm topic"
  enable_key_rotation     = true
  deletion_window_in_days = local.production ? 30 : 7

  policy = local.data_key_policy
}

resource "aws_kms_alias" "data" {
  count = length(aws_kms_key.data)

  name          = "alias/${local.prefix}-data"
  target_key_id = aws_kms_key.data[0].key_id
}
