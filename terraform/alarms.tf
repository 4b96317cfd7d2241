# Alarms, all to one topic. Each names a section of docs/bad-day.md by its slug. A metric that is not
# there means that nothing happened, except for a schedule: there it means that nothing fired.

locals {
  # slug => what it means. A test holds docs/bad-day.md against the slugs, another the alarms.
  alarms = {
    function-errors      = "Invocations of this function crashed or ran out of time or memory, three or more in 15 minutes."
    function-throttles   = "Lambda refused to run this function for lack of concurrency."
    schedule-silent      = "The schedule of this function has not started it for 15 minutes."
    api-errors           = "The API answers too many requests with 5xx."
    api-latency          = "The API answers slowly."
    queue-depth          = "More messages wait in this queue than its function takes from it."
    queue-age            = "The oldest message in this queue waits too long."
    queue-parked         = "Messages of this queue are parked: something that its function depends on is down."
    dead-letters         = "Messages failed too often and lie in this dead-letter queue."
    rule-failures        = "The bus could not hand events to the queue of this rule."
    rule-loses-events    = "The bus could hand events neither to the queue of this rule nor to its dead letters: they are lost there."
    uploads-lost         = "Lambda could not keep an upload's notification on which this function failed."
    quarantined          = "Much of what comes in can't be read, and is kept in the quarantine."
    failed-records       = "Records fail by an error of ours, and are tried again."
    delivery-lag         = "Deliveries to subscribers wait, though they are due."
    endpoints-failing    = "Endpoints of subscribers have taken nothing for an hour."
    polls-failing        = "Polls of a provider have failed for hours: nothing new comes from there."
    database-connections = "Nearly all connections of the database are taken."
    database-cpu         = "The database's processor is busy."
    database-cpu-credits = "The database uses more processor time than it earns; it is billed for what it borrows."
    database-storage     = "The database's storage is nearly full, and did not grow by itself."
    cost                 = "The account has spent, or is going to spend, more than its budget."
    guardduty            = "GuardDuty found something suspicious in the account."
  }

  # A file, or a job, rests in its queue while much feedback waits, and a delivery between two attempts: there a
  # delay is no outage.
  resting_queues  = toset(["delivery", "files", "jobs"])
  consumed_queues = toset([for name, queue in local.resources.queues : name if queue.function != null])
  dead_letter_queues = merge(
    { for name, queue in aws_sqs_queue.dead_letters : name => queue.name },
    { (local.resources.async_failures) = aws_sqs_queue.async_failures.name },
  )

  # Alarms on one metric: the value of `minutes`, `times` times out of `of`, above (or below) a threshold.
  watched = merge(
    { for name, function in aws_lambda_function.this : "function-errors-${name}" => {
      slug      = "function-errors", dimensions = { FunctionName = function.function_name }
      namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum", minutes = 15, times = 1, of = 1, above = 2
    } },
    { for name, function in aws_lambda_function.this : "function-throttles-${name}" => {
      slug      = "function-throttles", dimensions = { FunctionName = function.function_name }
      namespace = "AWS/Lambda", metric = "Throttles", statistic = "Sum", minutes = 5, times = 2, of = 3, above = 0
    } },
    { for name, function in aws_lambda_function.this : "schedule-silent-${name}" => {
      slug      = "schedule-silent", dimensions = { FunctionName = function.function_name }
      namespace = "AWS/Lambda", metric = "Invocations", statistic = "Sum", minutes = 15, times = 1, of = 1, below = 1
    } if can(local.functions[name].trigger.schedule) },
    { for percentile in ["p95", "p99"] : "api-latency-${percentile}" => {
      slug      = "api-latency", dimensions = { ApiId = aws_apigatewayv2_api.main.id }
      namespace = "AWS/ApiGateway", metric = "Latency", percentile = percentile, minutes = 5, times = 3, of = 3
      above     = percentile == "p95" ? var.alarm_thresholds.api_p95_ms : var.alarm_thresholds.api_p99_ms
    } },
    { for name in local.consumed_queues : "queue-depth-${name}" => {
      slug      = "queue-depth", dimensions = { QueueName = aws_sqs_queue.this[name].name }
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", minutes = 5, times = 3, of = 3
      above     = var.alarm_thresholds.queue_depth
    } },
    { for name in local.consumed_queues : "queue-age-${name}" => {
      slug      = "queue-age", dimensions = { QueueName = aws_sqs_queue.this[name].name }
      namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", statistic = "Maximum", minutes = 5, times = 2, of = 2
      # what waits for its next attempt lies there up to SQS's longest delay
      above = var.alarm_thresholds.queue_age_seconds + (name == "delivery" ? 900 : 0)
    } },
    { for name in setsubtract(local.consumed_queues, local.resting_queues) : "queue-parked-${name}" => {
      slug      = "queue-parked", dimensions = { QueueName = aws_sqs_queue.this[name].name }
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesDelayed", statistic = "Maximum", minutes = 5, times = 3, of = 3, above = 0
    } },
    { for name, queue in local.dead_letter_queues : "dead-letters-${name}" => {
      slug      = "dead-letters", dimensions = { QueueName = queue }
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", minutes = 5, times = 1, of = 1, above = 0
    } },
    # The service sends both only where there are any
    { for pair in setproduct(keys(aws_cloudwatch_event_rule.bus), ["FailedInvocations", "InvocationsSentToDlq"]) : "rule-failures-${pair[0]}-${pair[1]}" => {
      slug       = "rule-failures", metric = pair[1], namespace = "AWS/Events"
      dimensions = { EventBusName = aws_cloudwatch_event_bus.main.name, RuleName = aws_cloudwatch_event_rule.bus[pair[0]].name }
      statistic  = "Sum", minutes = 5, times = 1, of = 1, above = 0
    } },
    { for name, rule in aws_cloudwatch_event_rule.bus : "rule-loses-events-${name}" => {
      slug       = "rule-loses-events", metric = "InvocationsFailedToBeSentToDlq", namespace = "AWS/Events"
      dimensions = { EventBusName = aws_cloudwatch_event_bus.main.name, RuleName = rule.name }
      statistic  = "Sum", minutes = 5, times = 1, of = 1, above = 0
    } },
    { for name in keys(local.notified) : "uploads-lost-${name}" => {
      slug      = "uploads-lost", dimensions = { FunctionName = aws_lambda_function.this[name].function_name }
      namespace = "AWS/Lambda", metric = "DestinationDeliveryFailures", statistic = "Sum", minutes = 5, times = 1, of = 1, above = 0
    } },
    # Levels, which deliver_due tells each minute (chalicelib/services/emf.py)
    {
      delivery-lag = {
        slug      = "delivery-lag", dimensions = local.stage_dimensions
        namespace = "TriggerIQ", metric = "delivery_lag", statistic = "Maximum", minutes = 5, times = 3, of = 3
        above     = var.alarm_thresholds.delivery_lag
      }
      endpoints-failing = {
        slug      = "endpoints-failing", dimensions = local.stage_dimensions
        namespace = "TriggerIQ", metric = "endpoints_failing", statistic = "Minimum", minutes = 60, times = 1, of = 1
        above     = var.alarm_thresholds.endpoints_failing - 1
      }
    },
    {
      database-connections = {
        slug      = "database-connections", dimensions = local.database_dimensions
        namespace = "AWS/RDS", metric = "DatabaseConnections", statistic = "Maximum", minutes = 5, times = 2, of = 3
        above     = floor(0.8 * local.max_connections)
      }
      database-cpu = {
        slug      = "database-cpu", dimensions = local.database_dimensions
        namespace = "AWS/RDS", metric = "CPUUtilization", statistic = "Average", minutes = 5, times = 3, of = 3, above = 80
      }
      database-storage = {
        slug      = "database-storage", dimensions = local.database_dimensions
        namespace = "AWS/RDS", metric = "FreeStorageSpace", statistic = "Minimum", minutes = 5, times = 6, of = 6
        below     = floor(0.08 * var.db_storage_gb * pow(1024, 3)) # RDS begins to grow it at a tenth
      }
    },
    # Not the balance of credits, which is near 0 at birth: what is borrowed above it
    { for slug in local.burstable ? ["database-cpu-credits"] : [] : slug => {
      slug      = slug, dimensions = local.database_dimensions
      namespace = "AWS/RDS", metric = "CPUSurplusCreditBalance", statistic = "Average", minutes = 5, times = 6, of = 6, above = 20
    } },
  )
  stage_dimensions    = { stage = var.environment }
  database_dimensions = { DBInstanceIdentifier = aws_db_instance.main.identifier }

  # Alarms on what is reckoned from several metrics, or queried over all sources.
  reckoned = merge(
    {
      api-errors = {
        slug = "api-errors", times = 2, of = 3, above = var.alarm_thresholds.api_error_percent
        # one failure among three requests at night is no alarm
        result = "IF(errors >= 3, 100 * errors / requests, 0)"
        terms = {
          errors   = { namespace = "AWS/ApiGateway", metric = "5xx", dimensions = { ApiId = aws_apigatewayv2_api.main.id } }
          requests = { namespace = "AWS/ApiGateway", metric = "Count", dimensions = { ApiId = aws_apigatewayv2_api.main.id } }
        }
      }
    },
    { for slug, metric in { quarantined = "quarantined", failed-records = "failed" } : slug => {
      slug                              = slug, times = 1, of = 1, above = var.alarm_thresholds[metric] - 1
      # a query, since an alarm can't search for what sources there are
      result = "SELECT SUM(${metric}) FROM SCHEMA(\"TriggerIQ\", \"source\", \"stage\") WHERE \"stage\" = '${var.environment}'"
      terms  = {}
    } },
    {
      # Between two failing polls of a connection lies an hour at most
      polls-failing = {
        slug   = "polls-failing", minutes = 60, times = 2, of = 3, above = 0
        result = "SELECT SUM(poll_failures) FROM SCHEMA(\"TriggerIQ\", \"source\", \"stage\") WHERE \"stage\" = '${var.environment}'"
        terms  = {}
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "watched" {
  for_each = local.watched

  alarm_name        = "${local.prefix}-${each.key}"
  alarm_description = "${local.alarms[each.value.slug]} See docs/bad-day.md#alarm-${each.value.slug}"
  alarm_actions     = [aws_sns_topic.alarms.arn]
  ok_actions        = [aws_sns_topic.alarms.arn]

  namespace          = each.value.namespace
  metric_name        = each.value.metric
  dimensions         = each.value.dimensions
  statistic          = try(each.value.statistic, null)
  extended_statistic = try(each.value.percentile, null)
  period             = 60 * each.value.minutes

  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below)
  datapoints_to_alarm = each.value.times
  evaluation_periods  = each.value.of
  treat_missing_data  = each.value.slug == "schedule-silent" ? "breaching" : "notBreaching"

  # two slow requests at night are no percentile
  evaluate_low_sample_count_percentiles = can(each.value.percentile) ? "ignore" : null
}

resource "aws_cloudwatch_metric_alarm" "reckoned" {
  for_each = local.reckoned

  alarm_name        = "${local.prefix}-${each.key}"
  alarm_description = "${local.alarms[each.value.slug]} See docs/bad-day.md#alarm-${each.value.slug}"
  alarm_actions     = [aws_sns_topic.alarms.arn]
  ok_actions        = [aws_sns_topic.alarms.arn]

  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  datapoints_to_alarm = each.value.times
  evaluation_periods  = each.value.of
  treat_missing_data  = "notBreaching"

  dynamic "metric_query" {
    for_each = each.value.terms
    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric
        dimensions  = metric_query.value.dimensions
        stat        = "Sum"
        period      = 300
      }
    }
  }

  metric_query {
    id          = "result"
    label       = each.key
    expression  = each.value.result
    period      = length(each.value.terms) == 0 ? 60 * try(each.value.minutes, 5) : null
    return_data = true
  }
}

# --- the topic --------------------------------------------------------------------------------------

locals {
  # Each may publish for this account only. Not GuardDuty's rule: EventBridge tells a topic and its key
  # neither account nor rule, so a condition would lose every finding, silently.
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
  alarm_publishers = merge(
    { "cloudwatch.amazonaws.com" = { Condition = local.for_this_account } },
    var.monthly_budget_usd > 0 ? { "budgets.amazonaws.com" = { Condition = local.for_this_account } } : {},
    var.guardduty ? { "events.amazonaws.com" = {} } : {},
  )
  for_this_account = { StringEquals = { "aws:SourceAccount" = local.account_id } }
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.prefix}-alarms"
  kms_master_key_id = local.data_key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for service, condition in local.alarm_publishers : merge({
      Effect    = "Allow"
      Principal = { Service = service }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
    }, condition)]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}
