# What the functions are told by their environment beside where things are.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "by_default_the_code_s_own_defaults_hold" {
  variables {
    environment = "stage"
  }

  assert {
    condition = alltrue(flatten([for function in aws_lambda_function.this : [
      for variable in keys(function.environment[0].variables) : !contains(
        concat(formatlist("TRIGGERIQ_%s", [for name in keys(local.setting_forms) : upper(name)]), ["TRIGGERIQ_DISABLED_PLUGINS", "TRIGGERIQ_LOAD_PLUGINS", "TRIGGERIQ_IAM_CALLERS"]), variable
      )
    ]]))
    error_message = "What is not set is left out."
  }
  assert {
    condition     = alltrue([for function in aws_lambda_function.this : function.environment[0].variables.TRIGGERIQ_PUBLIC_URL == aws_apigatewayv2_api.main.api_endpoint])
    error_message = "The world knows the API by the address that AWS gives."
  }
}

run "what_is_set_reaches_every_function" {
  command = plan

  variables {
    disabled_plugins = ["zendesk", "category"]
    settings         = { plugin_seconds = 2.5, key_cache_seconds = 0, park_seconds = "30,60,60", unpacked_limit = 4000000000, trace_plugins = 1 }
    domain_name      = "api.example.com"
    certificate_arn  = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition = alltrue([for function in aws_lambda_function.this : [for name in ["PLUGIN_SECONDS", "KEY_CACHE_SECONDS", "PARK_SECONDS", "UNPACKED_LIMIT", "TRACE_PLUGINS", "DISABLED_PLUGINS", "PUBLIC_URL"] :
      function.environment[0].variables["TRIGGERIQ_${name}"]
    ] == ["2.5", "0", "30,60,60", "4000000000", "1", "zendesk,category", "https://api.example.com"]])
    error_message = "A function has what is set, as the code reads it."
  }
}

run "an_address_before_the_api" {
  command = plan

  variables {
    public_url      = "https://example.com/feedback"
    domain_name     = "api.example.com"
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_lambda_function.this["receive"].environment[0].variables.TRIGGERIQ_PUBLIC_URL == "https://example.com/feedback" && output.api_url == "https://api.example.com"
    error_message = "public_url goes before the domain, which stays the API's."
  }
}

run "no_such_setting" {
  command = plan

  variables {
    settings = { plugin_second = 5 }
  }

  expect_failures = [var.settings]
}

run "a_setting_that_is_too_large" {
  command = plan

  variables {
    settings = { plugin_seconds = 61 }
  }

  expect_failures = [var.settings]
}

run "a_setting_of_another_form" {
  command = plan

  variables {
    settings = { key_cache_seconds = "1m" }
  }

  expect_failures = [var.settings]
}

run "pauses_that_shrink" {
  command = plan

  variables {
    settings = { park_seconds = "60,30" }
  }

  expect_failures = [var.settings]
}

run "of_another_form" {
  command = plan

  variables {
    disabled_plugins = ["zendesk,csv"]
    public_url       = "https://api.example.com/"
    tags             = { "aws:owner" = "me" }
    alarm_urls       = ["http://example.com/alarms"]
    alarm_slack      = { team_id = "our team", channel_id = "#alarms" }
    data_key_arn     = "alias/ours"
    secrets_key_arn  = "arn:aws:kms:eu-central-1:123456789012:alias/ours"
  }

  expect_failures = [
    var.disabled_plugins,
    var.public_url,
    var.tags,
    var.alarm_urls,
    var.alarm_slack,
    var.data_key_arn,
    var.secrets_key_arn,
  ]
}

run "tags_that_are_the_deployment_s" {
  command = plan

  variables {
    tags = { environment = "mine" }
  }

  expect_failures = [var.tags]
}
