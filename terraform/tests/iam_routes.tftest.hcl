# Routes that take the signature of an AWS identity: which, and who may what.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "no_route_by_default" {
  command = plan

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "NONE"])
    error_message = "The gateway asks for no signature unless a route is named."
  }
}

run "the_routes_that_are_named" {
  variables {
    iam_routes = ["GET /tickets", "GET /tickets/{id}"]
    iam_callers = {
      "arn:aws:iam::123456789012:role/team/desk" = { owner = "desk", scopes = ["write", "read"] }
      "arn:aws:iam::123456789012:user/shop"      = { owner = "shop", scopes = ["read"], connections = ["csv/shop", "csv/*"] }
    }
  }

  assert {
    condition     = toset([for key, route in aws_apigatewayv2_route.this : key if route.authorization_type == "AWS_IAM"]) == toset(["GET /tickets", "GET /tickets/{id}"])
    error_message = "Exactly these ask for a signature."
  }
  assert {
    condition     = output.iam_routes == { "GET /tickets" = "api", "GET /tickets/{id}" = "api" }
    error_message = "Whoever has a key is told where it counts for nothing."
  }
  assert {
    condition = jsonencode(jsondecode(aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_IAM_CALLERS)) == jsonencode({
      "arn:aws:iam::123456789012:role/team/desk" = { owner = "desk", scopes = ["read", "write"] }
      "arn:aws:iam::123456789012:user/shop"      = { owner = "shop", scopes = ["read"], connections = ["csv/*", "csv/shop"] }
    })
    error_message = "The router is told who is who, in the form that it reads."
  }
  assert {
    condition     = !can(aws_lambda_function.this["process"].environment[0].variables.TRIGGERIQ_IAM_CALLERS)
    error_message = "Only routers have callers."
  }
}

run "a_route_that_there_is_not" {
  command = plan

  variables {
    iam_routes  = ["GET /ticket"]
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "desk", scopes = ["read"] } }
  }

  expect_failures = [var.iam_routes]
}

run "routes_without_callers" {
  command = plan

  variables {
    iam_routes = ["GET /tickets"]
  }

  expect_failures = [var.iam_callers]
}

run "callers_without_routes" {
  command = plan

  variables {
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "desk", scopes = ["read"] } }
  }

  expect_failures = [var.iam_callers]
}

run "a_session_is_no_name" {
  command = plan

  variables {
    iam_routes  = ["GET /tickets"]
    iam_callers = { "arn:aws:sts::123456789012:assumed-role/desk/ada" = { owner = "desk", scopes = ["read"] } }
  }

  expect_failures = [var.iam_callers]
}

run "an_identity_twice" {
  command = plan

  variables {
    iam_routes = ["GET /tickets"]
    iam_callers = {
      "arn:aws:iam::123456789012:role/desk"      = { owner = "desk", scopes = ["read"] }
      "arn:aws:iam::123456789012:role/team/desk" = { owner = "team", scopes = ["admin"] }
    }
  }

  expect_failures = [var.iam_callers]
}

run "no_such_scope" {
  command = plan

  variables {
    iam_routes  = ["GET /tickets"]
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "desk", scopes = ["all"] } }
  }

  expect_failures = [var.iam_callers]
}

run "an_identity_that_is_triggeriq_itself" {
  command = plan

  variables {
    iam_routes  = ["GET /tickets"]
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "triggeriq", scopes = ["ingest"] } }
  }

  expect_failures = [var.iam_callers]
}

run "restricted_to_nothing" {
  command = plan

  variables {
    iam_routes  = ["GET /tickets"]
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "desk", scopes = ["read"], connections = [] } }
  }

  expect_failures = [var.iam_callers]
}

run "restricted_to_no_connection" {
  command = plan

  variables {
    iam_routes  = ["GET /tickets"]
    iam_callers = { "arn:aws:iam::123456789012:role/desk" = { owner = "desk", scopes = ["read"], connections = ["*"] } }
  }

  expect_failures = [var.iam_callers]
}
