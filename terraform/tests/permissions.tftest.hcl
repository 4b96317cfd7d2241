# Who may do what: every policy is compared whole, so that one right too many shows as one too few does.

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
  target = aws_dynamodb_table.this["deliveries"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/deliveries"
  }
}

override_resource {
  target = aws_dynamodb_table.this["subscriptions"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/subscriptions"
  }
}

override_resource {
  target = aws_dynamodb_table.this["inbox"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/inbox"
  }
}

override_resource {
  target = aws_dynamodb_table.this["events"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/events"
  }
}

override_resource {
  target = aws_dynamodb_table.this["claims"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/claims"
  }
}

override_resource {
  target = aws_dynamodb_table.this["connections"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/connections"
  }
}

override_resource {
  target = aws_dynamodb_table.this["api_keys"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/api_keys"
  }
}

override_resource {
  target = aws_dynamodb_table.this["quarantine"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/quarantine"
  }
}

override_resource {
  target = aws_dynamodb_table.this["imports"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/imports"
  }
}

override_resource {
  target = aws_dynamodb_table.this["jobs"]
  values = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/jobs"
  }
}

override_resource {
  target = aws_s3_bucket.this["uploads"]
  values = {
    arn = "arn:aws:s3:::uploads"
  }
}

override_resource {
  target = aws_s3_bucket.this["artifacts"]
  values = {
    arn = "arn:aws:s3:::artifacts"
  }
}

override_resource {
  target = aws_s3_bucket.this["backups"]
  values = {
    arn = "arn:aws:s3:::backups"
  }
}

override_resource {
  target = aws_s3_bucket.this["knowledge"]
  values = {
    arn = "arn:aws:s3:::knowledge"
  }
}

override_resource {
  target = aws_kms_key.secrets[0]
  values = {
    arn = "arn:aws:kms:eu-central-1:123456789012:key/secrets"
  }
}

override_resource {
  target = aws_kms_key.data[0]
  values = {
    arn = "arn:aws:kms:eu-central-1:123456789012:key/data"
  }
}

run "each_function_may_do_its_work_and_no_more" {
  assert {
    condition = { for name, policy in aws_iam_role_policy.function : name => toset(flatten([
      for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : "${action} ${statement.Resource}"]
      if statement.Effect == "Allow" && statement.Resource != "*"
      ])) } == { for name, function in jsondecode(file("../functions.json")) : name => toset(concat(
      flatten([for table, actions in try(local.permissions[name].tables, {}) : [
        for action in actions : "dynamodb:${action} arn:aws:dynamodb:eu-central-1:123456789012:table/${table}"
      ]]),
      flatten([for queue, actions in try(local.permissions[name].queues, {}) : [
        for action in actions : "sqs:${action} arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${queue}"
      ]]),
      flatten([for bucket, actions in try(local.permissions[name].buckets, {}) : [
        for action in actions : "s3:${action} arn:aws:s3:::${bucket}${action == "ListBucket" ? "" : "/*"}"
      ]]),
      [for action in try(local.permissions[name].bus, []) : "events:${action} arn:aws:events:eu-central-1:123456789012:event-bus/mocked"],
      [for action in try(local.permissions[name].keys.secrets, []) : "kms:${action} arn:aws:kms:eu-central-1:123456789012:key/secrets"],
      [for user in compact([try(local.permissions[name].database, null)]) : "rds-db:connect arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCKED/triggeriq_${user}"],
      name != "poll" ? [] : [
        "secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-central-1:123456789012:secret:triggeriq/dev/*",
        "ssm:GetParameter arn:aws:ssm:eu-central-1:123456789012:parameter/triggeriq/dev/*",
        "kms:Decrypt arn:aws:kms:eu-central-1:123456789012:key/*",
      ],
      name != "migrate" ? [] : [
        "secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-mocked",
        "kms:Decrypt arn:aws:kms:eu-central-1:123456789012:key/data",
      ],
      [for action in ["CreateLogStream", "PutLogEvents"] : "logs:${action} arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"],
      !can(function.trigger.sqs) ? [] : [
        for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] :
        "sqs:${action} arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${function.trigger.sqs}"
      ],
      can(function.trigger.s3) ? ["sqs:SendMessage arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-async-dlq"] : [],
    )) }
    error_message = "A function may do what permissions.json says and what its trigger asks of it, on what has a name."
  }
  assert {
    condition = { for name, policy in aws_iam_role_policy.function : name => toset(flatten([
      for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : "${statement.Effect} ${action}"] if statement.Resource == "*"
      ])) } == { for name, function in jsondecode(file("../functions.json")) : name => toset(concat(
      ["Allow xray:PutTraceSegments", "Allow xray:PutTelemetryRecords"],
      !function.vpc ? [] : flatten([for effect in ["Allow", "Deny"] : [for action in [
        "AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses",
      ] : "${effect} ec2:${action}"]]),
    )) }
    error_message = "Only X-Ray and network interfaces have no resource to name."
  }
  assert {
    condition = alltrue(flatten([for name, policy in aws_iam_role_policy.function : [
      for statement in jsondecode(policy.policy).Statement : statement.Condition == {
        ArnLike = { "lambda:SourceFunctionArn" = [for end in ["", ":*"] : "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-${name}${end}"] }
      } if statement.Effect == "Deny"
    ]]))
    error_message = "A function's own code is refused what Lambda needs for its network interfaces."
  }
  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.function["poll"].policy).Statement : jsonencode(statement.Condition) if endswith(try(tostring(statement.Resource), ""), ":key/*")
      ]) == toset([
      jsonencode({ StringEquals = { "kms:ViaService" = "secretsmanager.eu-central-1.amazonaws.com" }, StringLike = { "kms:EncryptionContext:SecretARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:triggeriq/dev/*" } }),
      jsonencode({ StringEquals = { "kms:ViaService" = "ssm.eu-central-1.amazonaws.com" }, StringLike = { "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-central-1:123456789012:parameter/triggeriq/dev/*" } }),
    ])
    error_message = "Any key opens credentials of ours alone, and through the two services alone."
  }
  assert {
    condition     = !anytrue(flatten([for policy in aws_iam_role_policy.function : [for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : strcontains(action, "*")]]]))
    error_message = "No action is given by a pattern."
  }
  assert {
    condition = alltrue([for name, role in aws_iam_role.function : role.name == "triggeriq-dev-${name}" && jsondecode(role.assume_role_policy).Statement == [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
    }]])
    error_message = "Only Lambda takes on a function's role."
  }
}
