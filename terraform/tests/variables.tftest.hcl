# The rules of the variables of functions and API. A run that sets several expects each one to be refused; a
# rule that looks at another variable is asked only once that one is right, so some have a run of their own.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "too_little" {
  command = plan

  variables {
    region                 = ""
    lambda_memory_mb       = 127
    lambda_timeout_seconds = 0
    reserved_concurrency   = { receive = -1 }
    load_plugins           = [""]
    log_retention_days     = -1
    throttle_rate          = 0
    throttle_burst         = 0
    cors_origins           = []
    domain_name            = ""
  }

  expect_failures = [
    var.region,
    var.lambda_memory_mb,
    var.lambda_timeout_seconds,
    var.reserved_concurrency,
    var.load_plugins,
    var.log_retention_days,
    var.throttle_rate,
    var.throttle_burst,
    var.cors_origins,
    var.domain_name,
  ]
}

run "too_much" {
  command = plan

  variables {
    lambda_memory_mb       = 10241
    lambda_timeout_seconds = 30
    log_retention_days     = 3654
    throttle_rate          = 10001
    throttle_burst         = 5001
  }

  expect_failures = [
    var.lambda_memory_mb,
    var.lambda_timeout_seconds,
    var.log_retention_days,
    var.throttle_rate,
    var.throttle_burst,
  ]
}

run "of_another_form" {
  command = plan

  variables {
    region                 = "Frankfurt"
    lambda_memory_mb       = 512.5
    lambda_timeout_seconds = 2.5
    reserved_concurrency   = { receive = 1.5 }
    load_plugins           = ["zendesk,csv"]
    log_retention_days     = 31
    throttle_burst         = 10.5
    cors_origins           = ["https://desk.example.com/"]
    domain_name            = "API.example.com"
  }

  expect_failures = [
    var.region,
    var.lambda_memory_mb,
    var.lambda_timeout_seconds,
    var.reserved_concurrency,
    var.load_plugins,
    var.log_retention_days,
    var.throttle_burst,
    var.cors_origins,
    var.domain_name,
  ]
}

run "what_is_not_there" {
  command = plan

  variables {
    reserved_concurrency = { webhooks = 1 }
    cors_origins         = ["desk.example.com"]
    execute_api_endpoint = false
  }

  expect_failures = [
    var.reserved_concurrency,
    var.cors_origins,
    var.execute_api_endpoint,
  ]
}

run "less_at_once_than_a_mapping_takes" {
  command = plan

  variables {
    queue_concurrency = 1
  }

  expect_failures = [var.queue_concurrency]
}

run "half_an_invocation" {
  command = plan

  variables {
    queue_concurrency = 2.5
  }

  expect_failures = [var.queue_concurrency]
}

run "less_concurrency_than_the_queue_asks_for" {
  command = plan

  variables {
    reserved_concurrency = { process = 9 }
  }

  expect_failures = [var.reserved_concurrency]
}

run "no_concurrency_for_what_a_queue_feeds" {
  command = plan

  variables {
    reserved_concurrency = { files = 0 }
  }

  expect_failures = [var.reserved_concurrency]
}

run "no_environment" {
  command = plan

  variables {
    environment = ""
  }

  expect_failures = [var.environment]
}

run "an_environment_that_is_too_long" {
  command = plan

  variables {
    environment = "a-name-of-seventy"
  }

  expect_failures = [var.environment]
}

run "an_environment_in_capitals" {
  command = plan

  variables {
    environment = "Dev"
  }

  expect_failures = [var.environment]
}

run "an_environment_that_ends_with_a_hyphen" {
  command = plan

  variables {
    environment = "dev-"
  }

  expect_failures = [var.environment]
}

run "the_environment_of_a_developer_s_machine" {
  command = plan

  variables {
    environment = "local"
  }

  expect_failures = [var.environment]
}

run "a_package_that_is_not_there" {
  command = plan

  variables {
    package_dir = "../nowhere"
  }

  expect_failures = [var.package_dir]
}

run "a_domain_without_a_certificate" {
  command = plan

  variables {
    domain_name = "api.example.com"
  }

  expect_failures = [var.certificate_arn]
}

run "a_certificate_without_a_domain" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
  }

  expect_failures = [var.certificate_arn]
}

run "a_certificate_by_its_id" {
  command = plan

  variables {
    domain_name     = "api.example.com"
    certificate_arn = "11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.certificate_arn]
}

run "any_origin_in_prod" {
  command = plan

  variables {
    environment  = "prod"
    cors_origins = ["*"]
  }

  expect_failures = [var.cors_origins]
}

run "snapshots_of_a_python_that_has_none" {
  command = plan

  variables {
    snapstart   = true
    package_dir = "./tests/packages/python3.11"
  }

  expect_failures = [var.snapstart]
}

run "what_is_right_is_taken" {
  variables {
    environment            = "prod"
    region                 = "us-gov-west-1"
    package_dir            = "./tests/packages/python3.13"
    lambda_memory_mb       = 1024
    lambda_timeout_seconds = 20
    snapstart              = true
    reserved_concurrency   = { receive = 5, process = 4, sweep = 0 }
    queue_concurrency      = 4
    load_plugins           = ["zendesk", "sentiment"]
    log_retention_days     = 14
    throttle_rate          = 1
    throttle_burst         = 10
    cors_origins           = ["https://desk.example.com", "http://localhost:3000"]
    domain_name            = "api.example.com"
    certificate_arn        = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
    execute_api_endpoint   = false
  }

  assert {
    condition = alltrue([for name, function in aws_lambda_function.this :
      contains(["receive", "pull", "api"], name)
      ? function.memory_size == 1024 && function.timeout == 20 && function.snap_start[0].apply_on == "PublishedVersions"
      : function.memory_size == jsondecode(file("../functions.json"))[name].memory && function.timeout == jsondecode(file("../functions.json"))[name].timeout && length(function.snap_start) == 0
    ])
    error_message = "Memory, time-out and snapshots are of the three routers, and of no other."
  }
  assert {
    condition     = tomap({ for name, function in aws_lambda_function.this : name => function.reserved_concurrent_executions if function.reserved_concurrent_executions != -1 }) == tomap({ receive = 5, process = 4, sweep = 0 })
    error_message = "Concurrency is reserved where it was asked for, and nowhere else."
  }
  assert {
    condition     = { for name, mapping in aws_lambda_event_source_mapping.queue : name => mapping.scaling_config[0].maximum_concurrency } == { ingest = 4, process = 4, files = 4, deliver = 4, jobs = 2 }
    error_message = "No queue's function runs more at once than was said."
  }
  assert {
    condition = alltrue([for name, function in aws_lambda_function.this :
      function.environment[0].variables.TRIGGERIQ_LOAD_PLUGINS == "zendesk,sentiment" && function.runtime == "python3.13"
    ])
    error_message = "Every function loads the plugins that were named, on the package's Python."
  }
  assert {
    condition     = alltrue([for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.api]) : group.retention_in_days == 14])
    error_message = "Log lines are kept as long as was asked."
  }
  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 1 && aws_apigatewayv2_stage.default.default_route_settings[0].throttling_burst_limit == 10
    error_message = "The API takes as many requests as was said."
  }
  assert {
    condition = toset(aws_apigatewayv2_api.main.cors_configuration[0].allow_origins) == toset(["https://desk.example.com", "http://localhost:3000"]) && alltrue([
      for name in ["receive", "api"] : aws_lambda_function.this[name].environment[0].variables.TRIGGERIQ_CORS_ORIGINS == "https://desk.example.com,http://localhost:3000"
    ])
    error_message = "The gateway and the routers know the same origins."
  }
  assert {
    condition     = aws_apigatewayv2_api.main.disable_execute_api_endpoint && keys(aws_apigatewayv2_domain_name.own) == ["api.example.com"] && output.api_url == "https://api.example.com"
    error_message = "The API answers at its domain, and there alone."
  }
}
