# What an operator looks at first: the flow from left to right, then how fast, what waits, what fails.

locals {
  # One line a source, as chalicelib/services/emf.py writes them
  flow_of = {
    for metric in ["received", "acknowledged", "duplicates", "quarantined", "ticketed", "failed", "polls", "poll_failures"] :
    metric => [{ expression = "SEARCH('{TriggerIQ,source,stage} MetricName=\"${metric}\" stage=\"${var.environment}\"', 'Sum', 300)", label = "${metric} $${PROP('Dim.source')}", id = metric }]
  }
  seconds_to_ticket = [
    for statistic in ["p50", "p95", "Maximum"] : {
      expression = "SEARCH('{TriggerIQ,source,stage} MetricName=\"seconds_to_ticket\" stage=\"${var.environment}\"', '${statistic}', 300)"
      label      = "${statistic} $${PROP('Dim.source')}"
      id         = lower(statistic)
    }
  ]

  # Of all subscriptions together, and one line each where that tells more
  delivery_levels = { for metric in ["delivery_lag", "endpoints_failing", "endpoints_disabled"] : metric => ["TriggerIQ", metric, "stage", var.environment, { stat = "Maximum" }] }
  delivery_counts = { for metric in ["posted", "delivered", "delivery_failed", "held"] : metric => ["TriggerIQ", metric, "stage", var.environment, { stat = "Sum" }] }
  delivery_of = { for metric in ["delivery_failed", "held"] : metric => [
    { expression = "SEARCH('{TriggerIQ,stage,subscription} MetricName=\"${metric}\" stage=\"${var.environment}\"', 'Sum', 300)", label = "${metric} $${PROP('Dim.subscription')}", id = metric }
  ] }

  queue_names    = [for name in sort(keys(aws_sqs_queue.this)) : aws_sqs_queue.this[name].name]
  function_names = [for name in sort(keys(aws_lambda_function.this)) : aws_lambda_function.this[name].function_name]
  database_name  = aws_db_instance.main.identifier

  # Rows of charts. A chart's width follows from how many stand in its row of 24 columns.
  charts = [
    [
      { title = "1. Received", lines = [for line in local.flow_of.received : [line]] },
      { title = "2. Acknowledged, duplicates", lines = [for line in concat(local.flow_of.acknowledged, local.flow_of.duplicates) : [line]] },
      { title = "3. Quarantined, failed", lines = [for line in concat(local.flow_of.quarantined, local.flow_of.failed) : [line]] },
      { title = "4. Ticketed", lines = [for line in local.flow_of.ticketed : [line]] },
    ],
    [
      { title = "Seconds from receipt to ticket", lines = [for line in local.seconds_to_ticket : [line]] },
      { title = "Polls, and those that failed", lines = [for line in concat(local.flow_of.polls, local.flow_of.poll_failures) : [line]] },
      { title = "API: requests", lines = [for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.main.id, { stat = "Sum" }]] },
      { title = "API: latency, ms", lines = [for statistic in ["p50", "p95", "p99"] : ["AWS/ApiGateway", "Latency", "ApiId", aws_apigatewayv2_api.main.id, { stat = statistic, label = statistic }]] },
    ],
    [
      { title = "5. Posted, delivered, failed, held", lines = [for metric in ["posted", "delivered", "delivery_failed", "held"] : local.delivery_counts[metric]] },
      { title = "Deliveries by subscription: failed attempts, held", lines = [for metric in ["delivery_failed", "held"] : local.delivery_of[metric]] },
      { title = "Deliveries: the longest due, s", lines = [local.delivery_levels.delivery_lag] },
      { title = "Endpoints failing, disabled", lines = [for metric in ["endpoints_failing", "endpoints_disabled"] : local.delivery_levels[metric]] },
    ],
    [
      { title = "Queues: messages waiting", lines = [for queue in local.queue_names : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { stat = "Maximum" }]] },
      { title = "Queues: parked", lines = [for queue in local.queue_names : ["AWS/SQS", "ApproximateNumberOfMessagesDelayed", "QueueName", queue, { stat = "Maximum" }]] },
      { title = "Queues: age of the oldest, s", lines = [for queue in local.queue_names : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue, { stat = "Maximum" }]] },
      { title = "Dead letters", lines = [for queue in values(local.dead_letter_queues) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { stat = "Maximum" }]] },
    ],
    [
      { title = "Functions: errors", lines = [for function in local.function_names : ["AWS/Lambda", "Errors", "FunctionName", function, { stat = "Sum" }]] },
      { title = "Functions: throttles", lines = [for function in local.function_names : ["AWS/Lambda", "Throttles", "FunctionName", function, { stat = "Sum" }]] },
      { title = "Functions: at once", lines = [for function in local.function_names : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", function, { stat = "Maximum" }]] },
      { title = "Functions: duration p95, ms", lines = [for function in local.function_names : ["AWS/Lambda", "Duration", "FunctionName", function, { stat = "p95" }]] },
    ],
    [
      { title = "Database: connections (at most ${local.max_connections})", lines = [["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", local.database_name, { stat = "Maximum" }]] },
      { title = "Database: processor, %", lines = [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", local.database_name, { stat = "Average" }]] },
      { title = "Database: credits", lines = [for metric in ["CPUCreditBalance", "CPUSurplusCreditBalance"] : ["AWS/RDS", metric, "DBInstanceIdentifier", local.database_name, { stat = "Average" }]] },
      { title = "Database: free storage, memory, bytes", lines = [for metric in ["FreeStorageSpace", "FreeableMemory"] : ["AWS/RDS", metric, "DBInstanceIdentifier", local.database_name, { stat = "Minimum" }]] },
    ],
  ]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = local.prefix

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type = "alarm", x = 0, y = 0, width = 24, height = 3
        properties = {
          title  = "Alarms"
          alarms = [for alarm in concat(values(aws_cloudwatch_metric_alarm.watched), values(aws_cloudwatch_metric_alarm.reckoned)) : alarm.arn]
        }
      }],
      flatten([
        for row, charts in local.charts : [
          for column, chart in charts : {
            type = "metric", x = column * 24 / length(charts), y = 3 + 6 * row, width = 24 / length(charts), height = 6
            properties = {
              title   = chart.title
              region  = local.region
              view    = "timeSeries"
              stacked = false
              period  = 300
              metrics = chart.lines
            }
          }
        ]
      ]),
    )
  })
}
