# Alarms, dashboard, audit, budget: whatever may fail has an alarm, and each alarm says what to do.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "whatever_may_fail_has_an_alarm" {
  assert {
    condition = alltrue([for name in keys(jsondecode(file("../functions.json"))) : alltrue([for kind in ["errors", "throttles"] :
      aws_cloudwatch_metric_alarm.watched["function-${kind}-${name}"].dimensions == tomap({ FunctionName = "triggeriq-dev-${name}" })
    ])])
    error_message = "Every function of functions.json has alarms on errors and throttles."
  }
  assert {
    condition = toset([for name, function in jsondecode(file("../functions.json")) : "schedule-silent-${name}" if can(function.trigger.schedule)]) == toset([
      for name, alarm in aws_cloudwatch_metric_alarm.watched : name if alarm.treat_missing_data == "breaching"
    ])
    error_message = "Every schedule is missed when it does not fire, and nothing else rings for silence."
  }
  assert {
    condition = alltrue([for name, queue in jsondecode(file("../resources.json")).queues : alltrue([for kind in ["depth", "age"] :
      aws_cloudwatch_metric_alarm.watched["queue-${kind}-${name}"].dimensions == tomap({ QueueName = "triggeriq-dev-${name}" })
    ]) if queue.function != null])
    error_message = "Every queue that a function empties has alarms on depth and age."
  }
  assert {
    condition = toset([for name, alarm in aws_cloudwatch_metric_alarm.watched : name if alarm.metric_name == "ApproximateNumberOfMessagesDelayed"]) == toset([
      "queue-parked-ingest", "queue-parked-feedback",
    ])
    error_message = "What is parked rings where a delay means an outage: files, jobs and deliveries rest in their queues too."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.watched["queue-age-delivery"].threshold == aws_cloudwatch_metric_alarm.watched["queue-age-ingest"].threshold + 900
    error_message = "A delivery that waits for its next attempt does not ring."
  }
  assert {
    condition = alltrue([for name, metric in { delivery-lag = "delivery_lag", endpoints-failing = "endpoints_failing" } : (
      aws_cloudwatch_metric_alarm.watched[name].namespace == "TriggerIQ" && aws_cloudwatch_metric_alarm.watched[name].metric_name == metric &&
      aws_cloudwatch_metric_alarm.watched[name].dimensions == tomap({ stage = "dev" })
    )])
    error_message = "Late deliveries and failing endpoints ring."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.watched["endpoints-failing"].statistic == "Minimum" && aws_cloudwatch_metric_alarm.watched["endpoints-failing"].period == 3600 && aws_cloudwatch_metric_alarm.watched["endpoints-failing"].threshold == 0
    error_message = "An endpoint that fails for less than an hour rings nobody's bell."
  }
  assert {
    condition = alltrue([for name in concat(keys(jsondecode(file("../resources.json")).queues), [jsondecode(file("../resources.json")).async_failures]) :
      aws_cloudwatch_metric_alarm.watched["dead-letters-${name}"].dimensions == tomap({ QueueName = "triggeriq-dev-${name}-dlq" }) &&
      aws_cloudwatch_metric_alarm.watched["dead-letters-${name}"].threshold == 0
    ])
    error_message = "Every dead-letter queue rings at its first message."
  }
  assert {
    condition = alltrue([for name in keys(jsondecode(file("../resources.json")).bus.rules) : alltrue([for metric in ["FailedInvocations", "InvocationsSentToDlq"] :
      aws_cloudwatch_metric_alarm.watched["rule-failures-${name}-${metric}"].metric_name == metric &&
      aws_cloudwatch_metric_alarm.watched["rule-failures-${name}-${metric}"].dimensions == tomap({ EventBusName = "triggeriq-dev", RuleName = "triggeriq-dev-${name}" })
    ])])
    error_message = "Every rule of the bus has alarms on what it could not deliver."
  }
  assert {
    condition = alltrue([for name in keys(jsondecode(file("../resources.json")).bus.rules) : alltrue([
      aws_cloudwatch_metric_alarm.watched["rule-loses-events-${name}"].metric_name == "InvocationsFailedToBeSentToDlq",
      aws_cloudwatch_metric_alarm.watched["rule-loses-events-${name}"].dimensions == tomap({ EventBusName = "triggeriq-dev", RuleName = "triggeriq-dev-${name}" }),
      aws_cloudwatch_metric_alarm.watched["rule-loses-events-${name}"].threshold == 0,
    ])])
    error_message = "Every rule of the bus has an alarm on what it lost."
  }
  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.watched : alarm.dimensions["FunctionName"] if alarm.metric_name == "DestinationDeliveryFailures"]) == toset([
      for name, function in jsondecode(file("../functions.json")) : "triggeriq-dev-${name}" if can(function.trigger.s3)
    ])
    error_message = "Every function that is notified once has an alarm on what could not be kept."
  }
  assert {
    condition = alltrue([for name in ["database-connections", "database-cpu", "database-cpu-credits", "database-storage"] :
      aws_cloudwatch_metric_alarm.watched[name].dimensions == tomap({ DBInstanceIdentifier = "triggeriq-dev" })
    ])
    error_message = "The database has alarms on connections, processor, credits and storage."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.watched["api-latency-p95"].extended_statistic == "p95" && aws_cloudwatch_metric_alarm.watched["api-latency-p99"].extended_statistic == "p99" && length(aws_cloudwatch_metric_alarm.reckoned["api-errors"].metric_query) == 3
    error_message = "The API has alarms on latency and errors."
  }
  assert {
    condition = alltrue([for name in ["quarantined", "failed-records", "polls-failing"] :
      strcontains(one([for query in aws_cloudwatch_metric_alarm.reckoned[name].metric_query : query.expression]), "FROM SCHEMA(\"TriggerIQ\", \"source\", \"stage\") WHERE \"stage\" = 'dev'")
    ])
    error_message = "Our own metrics have alarms, over all sources."
  }
}

run "every_alarm_says_what_it_means" {
  assert {
    condition = alltrue([for name, alarm in merge(aws_cloudwatch_metric_alarm.watched, aws_cloudwatch_metric_alarm.reckoned) :
      contains([for slug, meaning in local.alarms : "${meaning} See docs/bad-day.md#alarm-${slug}"], alarm.alarm_description) && alarm.alarm_name == "triggeriq-dev-${name}"
    ])
    error_message = "An alarm's description is its meaning and its section of docs/bad-day.md."
  }
  assert {
    condition = toset(keys(local.alarms)) == toset(concat(
      ["cost", "guardduty"], # told by budget.tf and audit.tf, which make no alarm of CloudWatch
      [for alarm in local.watched : alarm.slug], [for alarm in local.reckoned : alarm.slug],
    ))
    error_message = "local.alarms holds every alarm that there is, and no other."
  }
  assert {
    condition = alltrue([for alarm in merge(aws_cloudwatch_metric_alarm.watched, aws_cloudwatch_metric_alarm.reckoned) :
      alarm.alarm_actions == toset([aws_sns_topic.alarms.arn]) && alarm.ok_actions == toset([aws_sns_topic.alarms.arn])
    ])
    error_message = "An alarm goes to the topic, and so does its end."
  }
}

run "the_topic_is_encrypted_and_closed" {
  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == aws_kms_key.data[0].arn && length(aws_sns_topic_subscription.mail) == 0
    error_message = "Alarms are encrypted; without alarm_email nobody is subscribed."
  }
  assert {
    condition = one(jsondecode(aws_sns_topic_policy.alarms.policy).Statement) == {
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "CloudWatch alone, and for this account, may publish."
  }
  assert {
    condition = anytrue([for statement in jsondecode(aws_kms_key.data[0].policy).Statement :
      try(statement.Principal.Service, "") == "cloudwatch.amazonaws.com" && contains(flatten([statement.Action]), "kms:GenerateDataKey*")
    ])
    error_message = "Who publishes may use the topic's key, else alarms are lost silently."
  }
}

run "the_dashboard_shows_the_flow" {
  assert {
    condition     = [for widget in slice(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets, 1, 5) : widget.properties.title] == ["1. Received", "2. Acknowledged, duplicates", "3. Quarantined, failed", "4. Ticketed"]
    error_message = "The flow stands first, from left to right."
  }
  assert {
    condition = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets :
      widget.x + widget.width <= 24 && floor(widget.width) == widget.width && floor(widget.x) == widget.x
    ])
    error_message = "Widgets stand on the grid of 24 columns."
  }
  assert {
    condition = alltrue([for metric in ["received", "acknowledged", "duplicates", "quarantined", "ticketed", "failed", "polls", "poll_failures", "seconds_to_ticket"] :
      strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "MetricName=\\\"${metric}\\\" stage=\\\"dev\\\"")
    ])
    error_message = "Every metric of ours is on the dashboard."
  }
  assert {
    condition = alltrue([for metric in ["posted", "delivered", "delivery_failed", "held", "delivery_lag", "endpoints_failing", "endpoints_disabled"] :
      strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "[\"TriggerIQ\",\"${metric}\",\"stage\",\"dev\"")
    ]) && alltrue([for metric in ["delivery_failed", "held"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "{TriggerIQ,stage,subscription} MetricName=\\\"${metric}\\\" stage=\\\"dev\\\"")])
    error_message = "Every metric of delivery is on the dashboard, and what fails by its subscription."
  }
  assert {
    condition = length(distinct(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets :
      try([for line in widget.properties.metrics : line[0].id], [])
    ]))) == 13
    error_message = "An expression's id is its own."
  }
}

run "alarms_go_by_mail" {
  command = plan

  variables {
    alarm_email = "duty@example.com"
  }

  assert {
    condition     = aws_sns_topic_subscription.mail[0].protocol == "email" && aws_sns_topic_subscription.mail[0].endpoint == "duty@example.com"
    error_message = "alarm_email is subscribed."
  }
}

run "thresholds_are_for_the_operator_to_set" {
  command = plan

  variables {
    alarm_thresholds = { queue_depth = 50, failed = 1 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.watched["queue-depth-feedback"].threshold == 50 && aws_cloudwatch_metric_alarm.watched["queue-age-feedback"].threshold == 900
    error_message = "One threshold is set, the others stay."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.reckoned["failed-records"].threshold == 0
    error_message = "`failed` = 1 rings at the first."
  }
}

run "no_credits_where_none_are_used" {
  command = plan

  variables {
    db_instance_class = "db.m8g.large"
  }

  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.watched), "database-cpu-credits")
    error_message = "An instance that is not burstable has no credits to watch."
  }
}

run "audit_and_budget_are_off_in_dev" {
  command = plan

  assert {
    condition     = length(aws_cloudtrail.main) + length(aws_s3_bucket.trail) + length(aws_guardduty_detector.main) + length(aws_cloudwatch_event_rule.findings) + length(aws_budgets_budget.monthly) == 0
    error_message = "Outside prod CloudTrail, GuardDuty and the budget are knobs."
  }
}

run "the_trail_of_another_will_do" {
  command = plan

  variables {
    environment = "prod"
    cloudtrail  = false
  }

  assert {
    condition     = length(aws_cloudtrail.main) + length(aws_s3_bucket.trail) == 0
    error_message = "Where the account has a trail, prod makes no second one."
  }
}

run "audit_in_prod_and_budget_by_knob" {
  variables {
    environment        = "prod"
    guardduty          = true
    monthly_budget_usd = 150.5
  }

  assert {
    condition     = aws_cloudtrail.main[0].enable_log_file_validation && aws_cloudtrail.main[0].is_multi_region_trail && aws_cloudtrail.main[0].kms_key_id == aws_kms_key.data[0].arn
    error_message = "The trail is whole, validated and encrypted."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.trail[0].block_public_policy, aws_s3_bucket_public_access_block.trail[0].restrict_public_buckets,
      !aws_s3_bucket.trail[0].force_destroy, aws_s3_bucket.trail[0].bucket == "triggeriq-prod-trail-123456789012-eu-central-1"
    ])
    error_message = "The trail has a closed bucket of its own."
  }
  assert {
    condition = alltrue([for statement in concat(jsondecode(aws_s3_bucket_policy.trail[0].policy).Statement, [
      for statement in jsondecode(aws_kms_key.data[0].policy).Statement : statement if try(statement.Sid, "") == "Trail"
      ]) : statement.Effect == "Deny" ? statement.Condition.Bool["aws:SecureTransport"] == "false" :
      statement.Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudtrail:eu-central-1:123456789012:trail/triggeriq-prod"
    ])
    error_message = "Only our trail writes into the bucket, and uses the key."
  }
  assert {
    condition     = aws_guardduty_detector.main[0].enable && aws_cloudwatch_event_target.findings[0].arn == aws_sns_topic.alarms.arn && strcontains(aws_cloudwatch_event_rule.findings[0].description, "docs/bad-day.md#alarm-guardduty")
    error_message = "What GuardDuty finds goes to the topic."
  }
  assert {
    condition     = { for notification in aws_budgets_budget.monthly[0].notification : notification.notification_type => notification.threshold } == { ACTUAL = 80, FORECASTED = 100 } && aws_budgets_budget.monthly[0].limit_amount == "150.5"
    error_message = "The budget tells of 80 % spent and of a forecast above it."
  }
  assert {
    condition = { for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Principal.Service => can(statement.Condition) } == {
      "cloudwatch.amazonaws.com" = true, "budgets.amazonaws.com" = true, "events.amazonaws.com" = false
    }
    error_message = "Budget and GuardDuty may publish too, where they are on; EventBridge could not with a condition."
  }
  assert {
    condition = alltrue([for service in ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "events.amazonaws.com"] :
      anytrue([for statement in jsondecode(aws_kms_key.data[0].policy).Statement : try(statement.Principal.Service, "") == service])
    ])
    error_message = "Whoever publishes may use the key of the topic."
  }
}
