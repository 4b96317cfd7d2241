# Two keys: `secrets` seals what connections keep secret, and only functions that open or seal it may use
# it; `data` encrypts what lies in services: the database, its master secret, log groups, the alarm topic.

locals {
  # AWS's own form: the account's IAM policies decide, so that a key can't be locked away from everybody.
  key_administration = {
    Sid       = "IamDecides"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }
}

resource "aws_kms_key" "secrets" {
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
  name          = replace(local.resources.kms.secrets, "{stage}", var.environment)
  target_key_id = aws_kms_key.secrets.key_id
}

resource "aws_kms_key" "data" {
  description             = "${local.prefix}: database, logs, alarm topic"
  enable_key_rotation     = true
  deletion_window_in_days = local.production ? 30 : 7

  policy = jsonencode({
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
      ], !var.cloudtrail ? [] : [
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

resource "aws_kms_alias" "data" {
  name          = "alias/${local.prefix}-data"
  target_key_id = aws_kms_key.data.key_id
}
