# HTTP API v2 with a route for each route of the app, as Chalice exported them, and no `$default` route: what
# has no route the gateway answers 404 itself. functions.json says which function serves which; `*` takes the rest.

locals {
  swagger = jsondecode(local.export.locals.chalice_api_swagger)
  # An OPTIONS among them is a sender's that asks whether it may send. A browser's preflight never gets to one where
  # the gateway answers it itself, see cors_configuration.
  route_keys = flatten([for path, operations in local.swagger.paths : [
    for method in keys(operations) : "${upper(method)} ${path}"
  ]])

  routed = { for key in local.route_keys : key => one(concat(
    [for name in local.routers : name if contains(local.functions[name].trigger.http, key)],
    [for name in local.routers : name if contains(local.functions[name].trigger.http, "*") && !anytrue([
      for other in local.routers : contains(local.functions[other].trigger.http, key)
    ])],
  )) }

  own_domain = var.domain_name == null ? {} : { (var.domain_name) = var.certificate_arn }
  api_url    = var.domain_name == null ? aws_apigatewayv2_api.main.api_endpoint : "https://${var.domain_name}"
  public_url = var.public_url != null ? var.public_url : local.api_url

  # As chalicelib/settings.py reads them
  iam_callers = { for arn, caller in var.iam_callers : arn => {
    for name, value in { owner = caller.owner, scopes = sort(caller.scopes), connections = try(sort(caller.connections), null) } : name => value if value != null
  } }
}

resource "aws_apigatewayv2_api" "main" {
  name          = local.prefix
  description   = "TriggerIQ (${var.environment})"
  protocol_type = "HTTP"
  # Open by default even beside a domain of one's own: the senders that were given this address use it still.
  disable_execute_api_endpoint = !var.execute_api_endpoint

  # As the app answers by itself (chalicelib/api/routing.py), whose headers the gateway replaces with these.
  dynamic "cors_configuration" {
    for_each = length(local.cors_origins) > 0 ? [true] : []
    content {
      allow_origins  = local.cors_origins
      allow_methods  = sort(setsubtract([for key in local.route_keys : split(" ", key)[0]], ["OPTIONS"]))
      allow_headers  = ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-api-key"]
      expose_headers = ["etag", "idempotent-replayed", "location", "retry-after", "x-request-id", "x-triggeriq-wait"]
      max_age        = 600
    }
  }
}

resource "aws_apigatewayv2_integration" "router" {
  for_each = toset(local.routers)

  api_id                 = aws_apigatewayv2_api.main.id
  description            = each.key
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live[each.key].invoke_arn
  payload_format_version = "1.0" # Chalice does not read 2.0
  # The most it takes, and a second more than the function's own time-out, which leaves a line in the log.
  timeout_milliseconds = 30000
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:the app checks access itself, by a rule that each route of its table declares
  for_each = local.routed

  api_id             = aws_apigatewayv2_api.main.id
  route_key          = each.key
  authorization_type = contains(var.iam_routes, each.key) ? "AWS_IAM" : "NONE"
  target             = "integrations/${aws_apigatewayv2_integration.router[each.value].id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.main.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttle_rate
    throttling_burst_limit = var.throttle_burst
  }

  # Neither addresses nor paths, which may name a person. An HTTP API logs no trace id: the function's request
  # id leads to its lines and to its trace. What every line has as a number stands without quotes, to be compared
  # as one; elsewhere API Gateway may write "-".
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = replace(jsonencode({
      time                = "$context.requestTime"
      request_id          = "$context.requestId"
      function_request_id = "$context.integration.requestId"
      route               = "$context.routeKey"
      status              = "$context.status"
      latency_ms          = "$context.responseLatency"
      function_latency_ms = "$context.integration.latency"
      function_status     = "$context.integration.integrationStatus"
      integration_error   = "$context.integrationErrorMessage"
      error               = "$context.error.responseType"
      bytes               = "$context.responseLength"
    }), "/\"(\\$context\\.(status|responseLatency))\"/", "$1")
  }
}

# By this prefix API Gateway needs no line of the account's resource policy for logs, which has room for few.
resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_338:how long is a variable; a year in prod
  name              = "/aws/vendedlogs/${local.prefix}-api"
  retention_in_days = local.log_retention_days
  kms_key_id        = local.data_key_arn
}

resource "aws_lambda_permission" "api" {
  for_each = toset(local.routers)

  statement_id  = "api"
  function_name = aws_lambda_function.this[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.main.execution_arn}/*/*"
}

# --- a domain of one's own --------------------------------------------------------------------------

resource "aws_apigatewayv2_domain_name" "own" {
  for_each = local.own_domain

  domain_name = each.key

  domain_name_configuration {
    certificate_arn = each.value
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "own" {
  for_each = local.own_domain

  api_id      = aws_apigatewayv2_api.main.id
  domain_name = aws_apigatewayv2_domain_name.own[each.key].id
  stage       = aws_apigatewayv2_stage.default.id
}
