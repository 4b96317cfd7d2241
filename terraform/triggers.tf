# What calls the event functions: their queues, S3, and the clock. The HTTP API's part is in api.tf.

locals {
  consumers = { for name, function in local.functions : name => function.trigger if can(function.trigger.sqs) }
  notified  = { for name, function in local.functions : name => function.trigger if can(function.trigger.s3) }
  scheduled = { for name, function in local.functions : name => function.trigger if can(function.trigger.schedule) }

  # The most that a queue's function runs at once.
  maximum_concurrency = { for name, trigger in local.consumers : name =>
    min(trigger.maximum_concurrency, coalesce(var.queue_concurrency, trigger.maximum_concurrency))
  }

  # Retries and age in seconds of what Lambda invokes asynchronously. A schedule's next run is its retry, so only
  # what is notified once is kept where it failed.
  asynchronous = merge(
    { for name in keys(local.notified) : name => { retries = 2, age = 6 * 60 * 60, kept = true } },
    { for name in keys(local.scheduled) : name => { retries = 0, age = 60, kept = false } },
  )
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.consumers

  event_source_arn = aws_sqs_queue.this[each.value.sqs].arn
  function_name    = aws_lambda_alias.live[each.key].arn
  batch_size       = each.value.batch
  # Without it a batch of which one record failed is deleted whole, or comes back whole.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = local.maximum_concurrency[each.key]
  }
}

# A message that waits for a dependency is parked as a copy on its own queue, and a long file goes on by one.
# Lambda takes more than some sixteen rounds for a loop gone wild and throws the message away.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
resource "aws_lambda_function_recursion_config" "consumer" {
  for_each = local.consumers

  function_name  = aws_lambda_function.this[each.key].function_name
  recursive_loop = "Allow"
}

resource "aws_lambda_function_event_invoke_config" "asynchronous" {
  for_each = local.asynchronous

  function_name                = aws_lambda_function.this[each.key].function_name
  qualifier                    = aws_lambda_alias.live[each.key].name
  maximum_retry_attempts       = each.value.retries
  maximum_event_age_in_seconds = each.value.age

  dynamic "destination_config" {
    for_each = each.value.kept ? [true] : []
    content {
      on_failure {
        destination = aws_sqs_queue.async_failures.arn
      }
    }
  }
}

# --- objects created in a bucket --------------------------------------------------------------------

resource "aws_s3_bucket_notification" "uploads" {
  for_each = local.notified

  bucket = aws_s3_bucket.this[each.value.s3].id

  dynamic "lambda_function" {
    for_each = each.value.prefixes
    content {
      id                  = trimsuffix(lambda_function.value, "/")
      lambda_function_arn = aws_lambda_alias.live[each.key].arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value
    }
  }

  depends_on = [aws_lambda_permission.bucket]
}

resource "aws_lambda_permission" "bucket" {
  for_each = local.notified

  statement_id   = "bucket-${each.value.s3}"
  function_name  = aws_lambda_function.this[each.key].function_name
  qualifier      = aws_lambda_alias.live[each.key].name
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.this[each.value.s3].arn
  source_account = local.account_id # a bucket's ARN names no account, and a deleted one's name is free
}

# --- schedules --------------------------------------------------------------------------------------

resource "aws_cloudwatch_event_rule" "schedule" {
  for_each = local.scheduled

  name                = "${local.prefix}-${each.key}"
  description         = "Runs ${each.key}"
  schedule_expression = each.value.schedule
}

# No `input`: the function reads EventBridge's whole envelope.
resource "aws_cloudwatch_event_target" "schedule" {
  for_each = local.scheduled

  rule      = aws_cloudwatch_event_rule.schedule[each.key].name
  target_id = each.key
  arn       = aws_lambda_alias.live[each.key].arn

  depends_on = [aws_lambda_permission.schedule]
}

resource "aws_lambda_permission" "schedule" {
  for_each = local.scheduled

  statement_id  = "schedule"
  function_name = aws_lambda_function.this[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule[each.key].arn
}
