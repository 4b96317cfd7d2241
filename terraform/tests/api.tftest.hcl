# Every route of the app leads to the function that functions.json names.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_lambda_alias.live["receive"]
  values = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:triggeriq-dev-receive:live"
    invoke_arn = "invoke:receive:live"
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
  target = aws_apigatewayv2_integration.router["receive"]
  values = {
    id = "receive"
  }
}

override_resource {
  target = aws_apigatewayv2_integration.router["pull"]
  values = {
    id = "pull"
  }
}

override_resource {
  target = aws_apigatewayv2_integration.router["api"]
  values = {
    id = "api"
  }
}

run "routes" {
  assert {
    condition = toset(keys(aws_apigatewayv2_route.this)) == toset(flatten([
      for path, operations in jsondecode(jsondecode(file("../build/chalice.tf.json")).locals.chalice_api_swagger).paths : [
        for method in keys(operations) : "${upper(method)} ${path}"
      ]
    ]))
    error_message = "The API has a route for each of the app's, and no other: no $default, which the app would answer 405."
  }
  assert {
    condition     = aws_apigatewayv2_route.this["OPTIONS /events"].target == "integrations/receive" && !contains(aws_apigatewayv2_api.main.cors_configuration[0].allow_methods, "OPTIONS")
    error_message = "A sender that asks whether it may send gets through to the app; a browser is told of the methods that it may call."
  }
  assert {
    condition = alltrue([for key, route in aws_apigatewayv2_route.this :
      route.route_key == key && route.target == "integrations/${one(concat([for name in ["receive", "pull"] : name if contains(jsondecode(file("../functions.json"))[name].trigger.http, key)], [for name in ["api"] : name if !contains(concat(jsondecode(file("../functions.json")).receive.trigger.http, jsondecode(file("../functions.json")).pull.trigger.http), key)]))}"
    ]) && alltrue([for key in concat(jsondecode(file("../functions.json")).receive.trigger.http, jsondecode(file("../functions.json")).pull.trigger.http) : can(aws_apigatewayv2_route.this[key])])
    error_message = "`receive` and `pull` serve what functions.json says, PUT and probes too, and `api` the rest."
  }
  assert {
    condition     = alltrue([for integration in aws_apigatewayv2_integration.router : integration.payload_format_version == "1.0" && integration.timeout_milliseconds == 30000 && integration.integration_type == "AWS_PROXY"])
    error_message = "Chalice reads payload 1.0, and the function's own time-out comes first."
  }
  assert {
    condition     = aws_apigatewayv2_stage.default.name == "$default" && aws_apigatewayv2_stage.default.auto_deploy && aws_apigatewayv2_stage.default.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.api.arn
    error_message = "One stage, deployed with each change, that logs each request."
  }
  assert {
    condition = length(setintersection(
      regexall("\\$context\\.[A-Za-z.]+", aws_apigatewayv2_stage.default.access_log_settings[0].format),
      ["$context.path", "$context.identity.sourceIp", "$context.identity.userAgent", "$context.identity.caller"]
    )) == 0 && strcontains(aws_apigatewayv2_stage.default.access_log_settings[0].format, "\"$context.requestId\"")
    error_message = "A line of the access log names the request, and no person."
  }
  assert {
    condition = [for field, value in jsondecode(replace(aws_apigatewayv2_stage.default.access_log_settings[0].format, "/\\$context\\.[A-Za-z.]+/", "200")) :
      field if jsonencode(value) == "200"
    ] == ["latency_ms", "status"]
    error_message = "A line of the access log is JSON, in which exactly status and latency are numbers: the runbook compares them."
  }
  assert {
    condition     = tolist(aws_apigatewayv2_api.main.cors_configuration[0].allow_origins) == tolist(["*"]) && !aws_apigatewayv2_api.main.disable_execute_api_endpoint && output.api_dns == null
    error_message = "In dev a browser may call from anywhere, at the address that AWS gives."
  }
}
