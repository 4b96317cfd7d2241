# Who gets in, and how far.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
    }
  }
  override_data {
    target = data.aws_iam_policy_document.trust
    values = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Principal\":\"*\"}]}"
    }
  }
  override_data {
    target = data.aws_iam_policy_document.state
    values = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Principal\":\"*\"}]}"
    }
  }
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }
  mock_data "aws_service_principal" {
    defaults = {
      region = "eu-central-1"
    }
  }
  mock_data "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
  }
  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::123456789012:policy/triggeriq"
    }
  }
  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws:s3:::triggeriq-terraform-123456789012-eu-central-1"
    }
  }
}

variables {
  github_repository   = "acme/triggeriq"
  github_environments = ["dev", "prod"]
}

run "only_named_workflows_get_in" {
  command = apply

  assert {
    condition     = local.github_subjects.plan == ["repo:acme/triggeriq:pull_request"]
    error_message = "the plan role is for pull requests of this repository alone"
  }
  assert {
    condition = toset(local.github_subjects.apply) == toset([
      "repo:acme/triggeriq:environment:dev", "repo:acme/triggeriq:environment:prod",
    ])
    error_message = "the apply role is for the named environments of this repository alone"
  }
  assert {
    condition = alltrue(flatten([
      for trust in data.aws_iam_policy_document.trust : [
        for condition in trust.statement[0].condition : condition.test == "StringEquals" && !strcontains(join("", condition.values), "*")
      ]
    ]))
    error_message = "a workflow is named, not matched by a pattern"
  }
  assert {
    condition = alltrue([
      for trust in data.aws_iam_policy_document.trust : toset([for condition in trust.statement[0].condition : condition.variable]) == toset([
        "token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub",
      ])
    ])
    error_message = "both the audience and the subject of the token are looked at"
  }
}

run "a_repository_with_ids_is_trusted_by_them_alone" {
  command = apply
  variables {
    github_ids = { owner = "1234", repository = 5678 }
  }

  assert {
    condition     = local.github_subjects.plan == ["repo:acme@1234/triggeriq@5678:pull_request"]
    error_message = "the plan role is for pull requests of this very repository"
  }
  assert {
    condition = toset(local.github_subjects.apply) == toset([
      "repo:acme@1234/triggeriq@5678:environment:dev", "repo:acme@1234/triggeriq@5678:environment:prod",
    ])
    error_message = "the apply role is for the named environments of this very repository"
  }
  assert {
    condition = alltrue([
      for name, trust in data.aws_iam_policy_document.trust :
      toset(flatten([for condition in trust.statement[0].condition : condition.values if endswith(condition.variable, ":sub")])) == toset(local.github_subjects[name])
    ])
    error_message = "a token that only bears the names, which somebody else may have by now, opens nothing"
  }
}

run "refuses_ids_that_are_names" {
  command = plan
  variables {
    github_ids = { owner = "acme", repository = "5678" }
  }
  expect_failures = [var.github_ids]
}

run "refuses_a_pattern_for_an_id" {
  command = plan
  variables {
    github_ids = { owner = "1234", repository = "*" }
  }
  expect_failures = [var.github_ids]
}

run "the_plan_role_reads_no_data" {
  command = apply

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.plan.statement : statement.effect == "Deny"])
    error_message = "beside ReadOnlyAccess there are only denials"
  }
  assert {
    condition = length(setsubtract(
      ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "logs:StartQuery"],
      data.aws_iam_policy_document.plan.statement[0].actions
    )) == 0
    error_message = "tables, secrets, messages and log lines are closed to a pull request"
  }
}

run "the_apply_role_makes_no_role_beyond_the_boundary" {
  command = apply

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.apply[0].statement :
      length(statement.condition) > 0 || length(setintersection(statement.actions, [
        "iam:*", "iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PassRole", "iam:PutRolePermissionsBoundary",
      ])) == 0 || statement.effect == "Deny"
    ])
    error_message = "whatever gives rights to a role is bound by a condition"
  }
  assert {
    condition = alltrue(flatten([
      for statement in data.aws_iam_policy_document.apply[0].statement : [
        for action in statement.actions : !startswith(action, "iam:DeleteRolePermissionsBoundary") && action != "*"
      ]
    ]))
    error_message = "the boundary can't be taken off"
  }
}

# AWS knows no resource of ours for these, or asks for them beside another action.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
run "the_apply_role_may_do_what_carries_no_name" {
  command = apply

  assert {
    condition = length(setsubtract(
      [
        "ec2:DeleteNetworkInterface", "ec2:DetachNetworkInterface",
        "route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone",
        "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
      ],
      flatten([
        for statement in data.aws_iam_policy_document.apply[0].statement : statement.actions
        if statement.effect != "Deny" && contains(statement.resources, "*")
      ])
    )) == 0
    error_message = "interface endpoints, the mail of alarms and the functions' network interfaces come and go"
  }
}

run "an_account_s_own_provider_is_used" {
  command = apply
  variables {
    create_github_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(data.aws_iam_openid_connect_provider.github) == 1
    error_message = "an account takes one provider of GitHub"
  }
}

run "the_state_is_kept" {
  command = apply

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled" && !aws_s3_bucket.state.force_destroy
    error_message = "the state has a history and can't be destroyed with its bucket"
  }
  assert {
    condition     = aws_s3_bucket.state.bucket == "triggeriq-terraform-123456789012-eu-central-1"
    error_message = "the bucket's name is the account's and region's own"
  }
}
