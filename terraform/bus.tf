# The bus, what it keeps for a replay, and its rules, which resources.json has: each puts what it matches on
# a queue. What can't be put there for a day lands in that queue's dead-letter queue, in the same form, so
# that a redrive brings it in.

resource "aws_cloudwatch_event_bus" "main" {
  name = local.prefix
}

resource "aws_cloudwatch_event_archive" "main" {
  name             = local.prefix
  description      = "Every event of the bus, to be replayed"
  event_source_arn = aws_cloudwatch_event_bus.main.arn
  retention_days   = local.resources.bus.archive_days
}

resource "aws_cloudwatch_event_rule" "bus" {
  for_each = local.resources.bus.rules

  name           = "${local.prefix}-${each.key}"
  description    = "To the queue ${each.value.queue}"
  event_bus_name = aws_cloudwatch_event_bus.main.name
  event_pattern  = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "bus" {
  for_each = local.resources.bus.rules

  rule           = aws_cloudwatch_event_rule.bus[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.main.name
  target_id      = each.value.queue
  arn            = aws_sqs_queue.this[each.value.queue].arn

  retry_policy {
    maximum_event_age_in_seconds = local.day
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters[each.value.queue].arn
  }

  depends_on = [aws_sqs_queue_policy.this]
}
