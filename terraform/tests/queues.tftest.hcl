# Queues, dead letters, the bus and its rules are wired as resources.json has them, which local/ reads too.
# Each is given an ARN of its own, so that a wire to the wrong one shows.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_sqs_queue.this["ingest"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-ingest"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-ingest"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-ingest"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters["ingest"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-ingest-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-ingest-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-ingest-dlq"
  }
}

override_resource {
  target = aws_sqs_queue.this["files"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-files"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters["files"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-files-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files-dlq"
  }
}

override_resource {
  target = aws_sqs_queue.this["feedback"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-feedback"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-feedback"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-feedback"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters["feedback"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-feedback-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-feedback-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-feedback-dlq"
  }
}

override_resource {
  target = aws_sqs_queue.this["delivery"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-delivery"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters["delivery"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-delivery-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery-dlq"
  }
}

override_resource {
  target = aws_sqs_queue.this["jobs"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-jobs"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-jobs"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-jobs"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters["jobs"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-jobs-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-jobs-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-jobs-dlq"
  }
}

override_resource {
  target = aws_sqs_queue.async_failures
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-async-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-async-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-async-dlq"
  }
}

override_resource {
  target = aws_cloudwatch_event_rule.bus["feedback"]
  values = {
    arn = "arn:aws:events:eu-central-1:123456789012:rule/triggeriq-dev/feedback"
  }
}

override_resource {
  target = aws_cloudwatch_event_rule.bus["told"]
  values = {
    arn = "arn:aws:events:eu-central-1:123456789012:rule/triggeriq-dev/told"
  }
}

override_resource {
  target = aws_cloudwatch_event_rule.bus["posted"]
  values = {
    arn = "arn:aws:events:eu-central-1:123456789012:rule/triggeriq-dev/posted"
  }
}

run "queues" {
  assert {
    condition     = toset(keys(aws_sqs_queue.this)) == toset(keys(local.resources.queues))
    error_message = "There is a queue for each of resources.json, and no other."
  }
  assert {
    condition = alltrue([for name, queue in aws_sqs_queue.this : jsondecode(queue.redrive_policy) == {
      deadLetterTargetArn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${name}-dlq"
      maxReceiveCount     = local.resources.queues[name].max_receives
    }])
    error_message = "Every queue hands what failed to the dead-letter queue of its own."
  }
  assert {
    condition = alltrue([for name, policy in aws_sqs_queue_redrive_allow_policy.dead_letters :
      endswith(policy.queue_url, "/triggeriq-dev-${name}-dlq") && jsondecode(policy.redrive_allow_policy) == {
        redrivePermission = "byQueue"
        sourceQueueArns   = ["arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${name}"]
      }
    ]) && length(aws_sqs_queue_redrive_allow_policy.dead_letters) == length(aws_sqs_queue.this)
    error_message = "A dead-letter queue takes from its own queue alone."
  }
  assert {
    condition = alltrue([for name, queue in aws_sqs_queue.this :
      local.resources.queues[name].function == null || try(
        queue.visibility_timeout_seconds >= 300 &&
        queue.visibility_timeout_seconds >= 6 * aws_lambda_function.this[local.resources.queues[name].function].timeout
      , false)
    ])
    error_message = "A message stays hidden for six times its function's time-out, and for five minutes at least."
  }
  assert {
    condition = alltrue([for queue in concat(values(aws_sqs_queue.this), values(aws_sqs_queue.dead_letters), [aws_sqs_queue.async_failures]) :
      queue.message_retention_seconds == 1209600 && queue.sqs_managed_sse_enabled
    ])
    error_message = "Every queue keeps its messages for 14 days, encrypted."
  }
  assert {
    condition = alltrue([for name in concat(
      keys(local.resources.queues), [for queue in keys(local.resources.queues) : "${queue}-dlq"], ["async-dlq"]
      ) : try(anytrue([
        for statement in jsondecode(aws_sqs_queue_policy.this[name].policy).Statement :
        statement.Effect == "Deny" && try(statement.Principal == "*", false) && statement.Action == "sqs:*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ]) && endswith(aws_sqs_queue_policy.this[name].queue_url, "/triggeriq-dev-${name}"), false)])
    error_message = "Every queue refuses what comes without TLS."
  }
  assert {
    condition = {
      for name, policy in aws_sqs_queue_policy.this : name => [
        for statement in jsondecode(policy.policy).Statement : [statement.Principal, statement.Action, statement.Resource, statement.Condition] if statement.Effect == "Allow"
      ]
      } == { for name in keys(aws_sqs_queue_policy.this) : name => [
        for rule, declared in local.resources.bus.rules : [
          { Service   = "events.amazonaws.com" }, "sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${name}", {
            ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-central-1:123456789012:rule/triggeriq-dev/${rule}" }
          }
        ] if contains([declared.queue, "${declared.queue}-dlq"], name)
    ] }
    error_message = "A queue's policy lets the rule in that is to send there, and nobody else."
  }
}

run "bus" {
  assert {
    condition = { for name, rule in aws_cloudwatch_event_rule.bus : name => jsondecode(rule.event_pattern) } == {
      for name, rule in local.resources.bus.rules : name => rule.pattern
    } && alltrue([for rule in aws_cloudwatch_event_rule.bus : rule.event_bus_name == "triggeriq-dev"])
    error_message = "The bus has the rules of resources.json, and no other."
  }
  assert {
    condition = alltrue([for name, target in aws_cloudwatch_event_target.bus : alltrue([
      target.rule == "triggeriq-dev-${name}",
      target.event_bus_name == "triggeriq-dev",
      target.arn == "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${local.resources.bus.rules[name].queue}",
      target.dead_letter_config[0].arn == "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${local.resources.bus.rules[name].queue}-dlq",
      target.retry_policy[0].maximum_event_age_in_seconds == 86400,
      target.retry_policy[0].maximum_retry_attempts == 185,
      target.input == null && length(target.input_transformer) == 0,
    ])]) && length(aws_cloudwatch_event_target.bus) == length(local.resources.bus.rules)
    error_message = "Every rule puts the whole event on its queue, for a day, and then on that queue's dead letters."
  }
  assert {
    condition     = aws_cloudwatch_event_archive.main.retention_days == local.resources.bus.archive_days && aws_cloudwatch_event_archive.main.event_source_arn == aws_cloudwatch_event_bus.main.arn && aws_cloudwatch_event_archive.main.event_pattern == null
    error_message = "Every event of the bus is kept for a replay."
  }
}
