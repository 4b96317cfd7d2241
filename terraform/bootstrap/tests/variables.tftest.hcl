# Each variable's rule: what it refuses, and that it takes what it should.

mock_provider "aws" {}

run "takes_the_defaults" {
  command = plan

  assert {
    condition     = length(aws_iam_role.github) == 0 && length(aws_iam_openid_connect_provider.github) == 0
    error_message = "without a repository nobody from outside gets a role"
  }
}

run "refuses_a_region_that_is_none" {
  command = plan
  variables {
    region = "Frankfurt"
  }
  expect_failures = [var.region]
}

run "refuses_a_history_too_short_to_help" {
  command = plan
  variables {
    state_history_days = 1
  }
  expect_failures = [var.state_history_days]
}

run "refuses_half_a_day" {
  command = plan
  variables {
    state_history_days = 7.5
  }
  expect_failures = [var.state_history_days]
}

run "refuses_a_repository_without_owner" {
  command = plan
  variables {
    github_repository = "triggeriq"
  }
  expect_failures = [var.github_repository]
}

run "refuses_a_pattern_for_a_repository" {
  command = plan
  variables {
    github_repository = "acme/*"
  }
  expect_failures = [var.github_repository]
}

run "refuses_ids_without_a_repository" {
  command = plan
  variables {
    github_ids = { owner = "1234", repository = "5678" }
  }
  expect_failures = [var.github_ids]
}

run "refuses_no_environment" {
  command = plan
  variables {
    github_environments = []
  }
  expect_failures = [var.github_environments]
}

run "refuses_a_pattern_for_an_environment" {
  command = plan
  variables {
    github_environments = ["*"]
  }
  expect_failures = [var.github_environments]
}
