# Who did what in the account (CloudTrail, by default in prod), and what looks like an attack (GuardDuty, by knob).
# An account that is looked after has both already, for all that runs in it.

locals {
  cloudtrail = coalesce(var.cloudtrail, local.production)

  trail_bucket = "${local.prefix}-trail-${local.account_id}-${local.region}"
  trail_arn    = "arn:${local.partition}:cloudtrail:${local.arn_in_region}:trail/${local.prefix}"
}

resource "aws_cloudtrail" "main" {
  #checkov:skip=CKV_AWS_252:nobody reads a message for each file of a trail
  #checkov:skip=CKV2_AWS_10:in its bucket it is queried with Athena; in CloudWatch it would cost more than all else
  count = local.cloudtrail ? 1 : 0

  name                          = local.prefix
  s3_bucket_name                = aws_s3_bucket.trail[0].id
  kms_key_id                    = local.data_key_arn
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true

  depends_on = [aws_s3_bucket_policy.trail]
}

resource "aws_s3_bucket" "trail" {
  #checkov:skip=CKV_AWS_18:the log of the log would need a log
  #checkov:skip=CKV_AWS_21:log file validation tells of a changed file
  #checkov:skip=CKV_AWS_144:one region; cross-region copies are no part of it
  #checkov:skip=CKV_AWS_145:CloudTrail encrypts its files with keys.data itself
  #checkov:skip=CKV2_AWS_62:nobody waits for its files
  count = local.cloudtrail ? 1 : 0

  bucket        = local.trail_bucket
  force_destroy = !local.production
}

resource "aws_s3_bucket_public_access_block" "trail" {
  count = local.cloudtrail ? 1 : 0

  bucket                  = aws_s3_bucket.trail[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "trail" {
  count = local.cloudtrail ? 1 : 0

  bucket = aws_s3_bucket.trail[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "trail" {
  count = local.cloudtrail ? 1 : 0

  bucket = aws_s3_bucket.trail[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "trail" {
  count = local.cloudtrail ? 1 : 0

  bucket = aws_s3_bucket.trail[0].id

  rule {
    id     = "a-year"
    status = "Enabled"
    filter {}

    expiration {
      days = 365
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "trail" {
  count = local.cloudtrail ? 1 : 0

  bucket = aws_s3_bucket.trail[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.trail[0].arn, "${aws_s3_bucket.trail[0].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "TrailLooks"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = aws_s3_bucket.trail[0].arn
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "TrailWrites"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.trail[0].arn}/AWSLogs/${local.account_id}/*"
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn, "s3:x-amz-acl" = "bucket-owner-full-control" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.trail]
}

resource "aws_guardduty_detector" "main" {
  #checkov:skip=CKV2_AWS_3:it is for this account; an organisation turns GuardDuty on by itself
  count = var.guardduty ? 1 : 0

  enable = true
}

resource "aws_cloudwatch_event_rule" "findings" {
  count = var.guardduty ? 1 : 0

  name        = "${local.prefix}-findings"
  description = "${local.alarms.guardduty} See docs/bad-day.md#alarm-guardduty"
  event_pattern = jsonencode({
    source      = ["aws.guardduty"]
    detail-type = ["GuardDuty Finding"]
    detail      = { severity = [{ numeric = [">=", 4] }] } # medium and high
  })
}

resource "aws_cloudwatch_event_target" "findings" {
  count = var.guardduty ? 1 : 0

  rule = aws_cloudwatch_event_rule.findings[0].name
  arn  = aws_sns_topic.alarms.arn
}
