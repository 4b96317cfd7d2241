# Each queue of resources.json with its dead-letter queue, and one more for what is notified once and failed.
# Functions of this account send by their roles; the bus's rules by the policies here.

locals {
  # A message must not come again while the function may still be working on it; SQS advises six times the
  # time-out. local/ sets the same.
  visibility_seconds = { for name, queue in local.resources.queues : name =>
    max(300, queue.function == null ? 0 : 6 * local.sizes[queue.function].timeout)
  }
  day = 24 * 60 * 60

  every_queue = merge(
    { for name, queue in aws_sqs_queue.this : name => queue },
    { for name, queue in aws_sqs_queue.dead_letters : "${name}-dlq" => queue },
    { "${local.resources.async_failures}-dlq" = aws_sqs_queue.async_failures },
  )
  # By short name: the rules whose events may be put there, at once or where that failed.
  senders = { for name in concat(
    keys(local.resources.queues),
    [for queue in keys(local.resources.queues) : "${queue}-dlq"],
    ["${local.resources.async_failures}-dlq"],
    ) : name => [
    for rule in keys(local.resources.bus.rules) : rule if local.resources.bus.rules[rule].queue == trimsuffix(name, "-dlq")
  ] }
}

resource "aws_sqs_queue" "this" {
  for_each = local.resources.queues

  name                       = "${local.prefix}-${each.key}"
  visibility_timeout_seconds = local.visibility_seconds[each.key]
  message_retention_seconds  = each.value.retention_days * local.day
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = each.value.max_receives
  })
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.resources.queues

  name                      = "${local.prefix}-${each.key}-dlq"
  message_retention_seconds = 14 * local.day
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  for_each = local.resources.queues

  queue_url = aws_sqs_queue.dead_letters[each.key].id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

resource "aws_sqs_queue" "async_failures" {
  name                      = "${local.prefix}-${local.resources.async_failures}-dlq"
  message_retention_seconds = 14 * local.day
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "async_failures" {
  queue_url            = aws_sqs_queue.async_failures.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.senders

  queue_url = local.every_queue[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "OnlyByTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.every_queue[each.key].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for rule in each.value : {
        Sid       = "FromTheRule${title(rule)}"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.every_queue[each.key].arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.bus[rule].arn } }
      }],
    )
  })
}
