# S3: uploads (review files and mail on their way in), artifacts (raw bytes of what was received),
# knowledge (documents), backups (exported snapshots). All private, over TLS only.

locals {
  # As many days as an import is known and its quarantined rows are replayed from the file:
  # KEPT in chalicelib/services/dynamodb/imports.py and quarantine.py
  upload_days = 90

  # What a packed file unpacks to is deleted when the file has been read; this is for what a crash leaves. A
  # large file may be read for days, since its rows wait for their tickets.
  aside_days = 30

  # The long bodies of events, as long as their rows (KEPT in chalicelib/services/dynamodb/event_log.py), and as
  # DynamoDB takes to delete one that has expired.
  event_days = 30 + 5

  # Objects by prefix: moved to a cheaper class, then deleted. Prefixes without a row are kept.
  lifecycles = {
    uploads = { all = { prefix = "", expire_days = local.upload_days } }
    artifacts = {
      raw         = { prefix = "raw/", expire_days = var.raw_days }
      attachments = { prefix = "attachments/", expire_days = var.raw_days }
      events      = { prefix = "events/", expire_days = local.event_days }
      webhooks    = { prefix = "webhooks/", expire_days = var.raw_days }
      quarantine  = { prefix = "quarantine/", expire_days = var.raw_days }
      unpacked    = { prefix = "unpacked/", expire_days = local.aside_days }
      exports     = { prefix = "exports/", expire_days = 365, move_days = 30, move_to = "GLACIER" }
    }
    backups   = { all = { prefix = "", expire_days = 365, move_days = 30, move_to = "GLACIER" } }
    knowledge = { all = { prefix = "", expire_days = null, move_days = 0, move_to = "INTELLIGENT_TIERING" } }
  }

  # Where an older version may be wanted back. Elsewhere a version would outlive the erasure of a person.
  versioned_buckets = toset(["knowledge"])
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:who reads is in CloudTrail (knob cloudtrail); access logs would hold senders' names in keys
  #checkov:skip=CKV_AWS_21:only knowledge is versioned: an old version would outlive the erasure of a person
  #checkov:skip=CKV_AWS_144:one region; cross-region copies are no part of it
  #checkov:skip=CKV_AWS_145:S3's own key: SES and every function would need a KMS key's grants for nothing more
  #checkov:skip=CKV2_AWS_62:only uploads tells of its objects, in triggers.tf
  for_each = toset(local.resources.buckets)

  bucket        = "${local.prefix}-${each.key}-${local.account_id}-${local.region}"
  force_destroy = !local.production

  lifecycle {
    precondition {
      condition     = length("${local.prefix}-${each.key}-${local.account_id}-${local.region}") <= 63
      error_message = "A bucket's name has at most 63 characters: take a shorter environment than ${var.environment}."
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.versioned_buckets

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = local.lifecycles[each.key]
    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      dynamic "transition" {
        for_each = can(rule.value.move_to) ? [rule.value] : []
        content {
          days          = transition.value.move_days
          storage_class = transition.value.move_to
        }
      }

      dynamic "expiration" {
        for_each = rule.value.expire_days[*]
        content {
          days = expiration.value
        }
      }
    }
  }

  dynamic "rule" {
    for_each = setintersection([each.key], local.versioned_buckets)
    content {
      id     = "old-versions"
      status = "Enabled"
      filter {}

      noncurrent_version_expiration {
        noncurrent_days = 90
      }

      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# A browser posts the forms of POST /uploads from the origins that may call the API.
resource "aws_s3_bucket_cors_configuration" "uploads" {
  count = length(local.cors_origins) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this["uploads"].id

  cors_rule {
    allowed_methods = ["POST"]
    allowed_origins = local.cors_origins
    allowed_headers = ["*"]
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = [each.value.arn, "${each.value.arn}/*"]
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ],
      each.key == "uploads" ? local.mail_may_come_in : [],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
