# Functions and what calls them are as functions.json has them, which local/ reads too.
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
  target = aws_sqs_queue.this["files"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-files"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-files"
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
  target = aws_sqs_queue.this["delivery"]
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-delivery"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-delivery"
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
  target = aws_sqs_queue.async_failures
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-async-dlq"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-async-dlq"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/triggeriq-dev-async-dlq"
  }
}

override_resource {
  target = aws_lambda_alias.live["receive"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-receive:live"
    invoke_arn = "invoke:receive:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["pull"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-pull:live"
    invoke_arn = "invoke:pull:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["deliver"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-deliver:live"
    invoke_arn = "invoke:deliver:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["deliver_due"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-deliver_due:live"
    invoke_arn = "invoke:deliver_due:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["api"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-api:live"
    invoke_arn = "invoke:api:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["ingest"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-ingest:live"
    invoke_arn = "invoke:ingest:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["uploads"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-uploads:live"
    invoke_arn = "invoke:uploads:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["files"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-files:live"
    invoke_arn = "invoke:files:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["process"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-process:live"
    invoke_arn = "invoke:process:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["relay"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-relay:live"
    invoke_arn = "invoke:relay:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["sweep"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-sweep:live"
    invoke_arn = "invoke:sweep:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["poll"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-poll:live"
    invoke_arn = "invoke:poll:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["jobs"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-jobs:live"
    invoke_arn = "invoke:jobs:live"
  }
}

override_resource {
  target = aws_lambda_alias.live["migrate"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-migrate:live"
    invoke_arn = "invoke:migrate:live"
  }
}

run "functions" {
  assert {
    condition = alltrue([for name, function in jsondecode(file("../functions.json")) : alltrue([
      aws_lambda_function.this[name].function_name == "triggeriq-dev-${name}",
      aws_lambda_function.this[name].handler == function.handler,
      aws_lambda_function.this[name].memory_size == function.memory,
      aws_lambda_function.this[name].timeout == function.timeout,
      length(aws_lambda_function.this[name].vpc_config) == (function.vpc ? 1 : 0),
      aws_lambda_function.this[name].environment[0].variables.TRIGGERIQ_FUNCTION == name,
    ])]) && length(aws_lambda_function.this) == length(jsondecode(file("../functions.json")))
    error_message = "The functions are those of functions.json, as they stand there."
  }
  assert {
    condition = alltrue([for function in aws_lambda_function.this :
      function.publish && one(function.architectures) == one(local.export.resource.aws_lambda_function["api_handler"].architectures) && function.tracing_config[0].mode == "Active" &&
      function.source_code_hash == filebase64sha256("../build/deployment.zip") && function.reserved_concurrent_executions == -1
    ])
    error_message = "Every function is a published version of the one package, traced, with no concurrency reserved."
  }
  assert {
    condition = alltrue([for name, function in aws_lambda_function.this :
      function.logging_config[0].log_group == "/aws/lambda/triggeriq-dev-${name}" && function.logging_config[0].log_format == "JSON" &&
      aws_cloudwatch_log_group.function[name].name == "/aws/lambda/triggeriq-dev-${name}" && aws_cloudwatch_log_group.function[name].retention_in_days == 30
    ])
    error_message = "Every function writes JSON to a log group of its own, which forgets."
  }
  assert {
    condition     = alltrue([for name, function in aws_lambda_function.this : aws_lambda_alias.live[name].function_name == function.function_name && aws_lambda_alias.live[name].function_version == function.version])
    error_message = "Every function's alias `live` stands on its newest version."
  }
  assert {
    condition = alltrue([for name, function in aws_lambda_function.this : alltrue([
      can(function.environment[0].variables.TRIGGERIQ_DATABASE) == can(local.permissions[name].database),
      can(function.environment[0].variables.TRIGGERIQ_DATABASE_MASTER_SECRET) == (name == "migrate"),
      can(function.environment[0].variables.TRIGGERIQ_UPLOADS_BUCKET) == anytrue([for bucket in keys(try(local.permissions[name].buckets, {})) : startswith(bucket, "uploads")]),
      can(function.environment[0].variables.TRIGGERIQ_ARTIFACTS_BUCKET) == anytrue([for bucket in keys(try(local.permissions[name].buckets, {})) : startswith(bucket, "artifacts")]),
      can(function.environment[0].variables.TRIGGERIQ_KMS_KEY) == can(local.permissions[name].keys.secrets),
      !can(function.environment[0].variables.TRIGGERIQ_LOAD_PLUGINS),
      function.environment[0].variables.AWS_CA_BUNDLE == "/var/task/amazon-roots.pem",
    ])])
    error_message = "A function is told of what it uses, and of nothing else."
  }
  assert {
    condition     = strcontains(aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_DATABASE, "//triggeriq_app@") && strcontains(aws_lambda_function.this["migrate"].environment[0].variables.TRIGGERIQ_DATABASE, "//triggeriq_migrations@")
    error_message = "Only `migrate` is the database's user for migrations."
  }
  assert {
    condition     = aws_lambda_invocation.migrate.function_name == "triggeriq-dev-migrate" && aws_lambda_invocation.migrate.qualifier == aws_lambda_function.this["migrate"].version && aws_lambda_invocation.migrate.triggers == tomap({ version = aws_lambda_function.this["migrate"].version, database = aws_db_instance.main.resource_id })
    error_message = "A deployment runs the new version of `migrate`, and again where version or database is another."
  }
}

run "triggers" {
  assert {
    condition = alltrue([for name, function in jsondecode(file("../functions.json")) : anytrue([
      can(function.trigger.http) && try(aws_apigatewayv2_integration.router[name].integration_uri == "invoke:${name}:live", false),
      can(function.trigger.sqs) && try(aws_lambda_event_source_mapping.queue[name].function_name == aws_lambda_alias.live[name].arn, false),
      can(function.trigger.s3) && try(aws_s3_bucket_notification.uploads[name].lambda_function[0].lambda_function_arn == aws_lambda_alias.live[name].arn, false),
      can(function.trigger.schedule) && try(aws_cloudwatch_event_target.schedule[name].arn == aws_lambda_alias.live[name].arn, false),
      can(function.trigger.deploy) && aws_lambda_invocation.migrate.function_name == "triggeriq-dev-${name}",
    ])])
    error_message = "Every function is called by the trigger that functions.json names, through its alias."
  }
  assert {
    condition = alltrue([for name, mapping in aws_lambda_event_source_mapping.queue : alltrue([
      mapping.event_source_arn == "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-${jsondecode(file("../functions.json"))[name].trigger.sqs}",
      mapping.batch_size == jsondecode(file("../functions.json"))[name].trigger.batch,
      mapping.scaling_config[0].maximum_concurrency == jsondecode(file("../functions.json"))[name].trigger.maximum_concurrency,
      tolist(mapping.function_response_types) == tolist(["ReportBatchItemFailures"]),
    ])])
    error_message = "A queue's function reads that queue, answers record by record, and is bounded."
  }
  assert {
    condition = toset([for name, config in aws_lambda_function_recursion_config.consumer : name if config.recursive_loop == "Allow" && config.function_name == "triggeriq-dev-${name}"]) == toset([
      for name, function in jsondecode(file("../functions.json")) : name if can(function.trigger.sqs)
    ])
    error_message = "Lambda lets a parked message come round as often as the outage lasts."
  }
  assert {
    condition = toset([for row in aws_s3_bucket_notification.uploads["uploads"].lambda_function : row.filter_prefix]) == toset(jsondecode(file("../functions.json")).uploads.trigger.prefixes) && alltrue([
      for row in aws_s3_bucket_notification.uploads["uploads"].lambda_function : tolist(row.events) == tolist(["s3:ObjectCreated:*"]) && row.lambda_function_arn == aws_lambda_alias.live["uploads"].arn
    ])
    error_message = "Every prefix of the uploads tells the function."
  }
  assert {
    condition = alltrue([for name, rule in aws_cloudwatch_event_rule.schedule :
      rule.schedule_expression == jsondecode(file("../functions.json"))[name].trigger.schedule && aws_cloudwatch_event_target.schedule[name].rule == "triggeriq-dev-${name}" &&
      aws_cloudwatch_event_target.schedule[name].input == null && aws_cloudwatch_event_target.schedule[name].event_bus_name == null
    ])
    error_message = "A schedule fires as functions.json says, with EventBridge's whole envelope."
  }
  assert {
    condition = toset(keys(aws_lambda_function_event_invoke_config.asynchronous)) == toset([
      for name, function in jsondecode(file("../functions.json")) : name if can(function.trigger.s3) || can(function.trigger.schedule)
      ]) && alltrue([for config in aws_lambda_function_event_invoke_config.asynchronous :
      config.qualifier == "live"
    ])
    error_message = "What is invoked asynchronously is tried again by rule."
  }
  assert {
    condition = { for name, config in aws_lambda_function_event_invoke_config.asynchronous : name => config.destination_config[0].on_failure[0].destination if length(config.destination_config) > 0 } == {
      for name, function in jsondecode(file("../functions.json")) : name => "arn:aws:sqs:eu-central-1:123456789012:triggeriq-dev-async-dlq" if can(function.trigger.s3)
    }
    error_message = "What is notified once and fails is kept; a schedule comes again by itself."
  }
  assert {
    condition = alltrue([for permission in concat(values(aws_lambda_permission.api), values(aws_lambda_permission.bucket), values(aws_lambda_permission.schedule)) :
      permission.qualifier == "live" && permission.action == "lambda:InvokeFunction" && permission.source_arn != null
    ]) && alltrue([for permission in aws_lambda_permission.bucket : permission.source_account == "123456789012"])
    error_message = "Each trigger may invoke the alias alone, and only from its own source."
  }
}

run "production" {
  variables {
    environment = "prod"
  }

  assert {
    condition     = length(aws_apigatewayv2_api.main.cors_configuration) == 0 && !can(aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_CORS_ORIGINS)
    error_message = "In prod no browser may call from elsewhere unless origins are named."
  }
  assert {
    condition     = alltrue([for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.api]) : group.retention_in_days == 365])
    error_message = "In prod log lines are kept for a year."
  }
  assert {
    condition     = alltrue([for name, function in aws_lambda_function.this : function.function_name == "triggeriq-prod-${name}" && function.environment[0].variables.TRIGGERIQ_STAGE == "prod"])
    error_message = "Another environment has functions of its own."
  }
}

run "all_authorities_where_five_do_not_do" {
  command = plan

  variables {
    short_ca_bundle = false
  }

  assert {
    condition     = alltrue([for name in keys(aws_lambda_function.this) : !contains(keys(local.environments[name]), "AWS_CA_BUNDLE")])
    error_message = "Without the short bundle botocore takes its own."
  }
}
