# Two roles that GitHub's workflows take by OIDC, so that no key of AWS lies anywhere:
#
#   triggeriq-plan    workflows of pull requests: reads configuration and state, no customer's data
#   triggeriq-apply   workflows in one of var.github_environments: makes, changes and deletes
#
# AWS looks at the token's `sub`. Of a job in an environment it names that environment and nothing of branch
# or tag; that only tags reach the environment is GitHub's own rule ("Deployment branches and tags").
#
# A repository that was made, renamed or transferred since 15 July 2026, or has asked for it, is named there with the
# ids of owner and repository, which are never given to another: repo:acme@1234/triggeriq@5678:… Where the ids are
# known, that form alone is trusted.
# https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/

locals {
  github      = var.github_repository != null
  github_host = "token.actions.githubusercontent.com"
  github_provider_arn = !local.github ? null : (
    var.create_github_provider ? aws_iam_openid_connect_provider.github[0].arn
    : data.aws_iam_openid_connect_provider.github[0].arn
  )
  github_named = split("/", coalesce(var.github_repository, "none/none"))
  github_subject = var.github_ids == null ? "repo:${join("/", local.github_named)}" : format(
    "repo:%s@%s/%s@%s", local.github_named[0], var.github_ids.owner, local.github_named[1], var.github_ids.repository
  )
  github_subjects = {
    plan  = ["${local.github_subject}:pull_request"]
    apply = [for name in var.github_environments : "${local.github_subject}:environment:${name}"]
  }
  roles = local.github ? local.github_subjects : {}
}

resource "aws_iam_openid_connect_provider" "github" {
  count = local.github && var.create_github_provider ? 1 : 0

  url            = "https://${local.github_host}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_openid_connect_provider" "github" {
  count = local.github && !var.create_github_provider ? 1 : 0

  url = "https://${local.github_host}"
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.github_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.github_host}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals" # not StringLike: a pattern that is a little too wide lets strangers in
      variable = "${local.github_host}:sub"
      values   = each.value
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name                 = "triggeriq-${each.key}"
  description          = "GitHub Actions of ${var.github_repository}: terraform ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

# --- plan -------------------------------------------------------------------------------------------

resource "aws_iam_role_policy_attachment" "plan" {
  count = local.github ? 1 : 0

  role       = aws_iam_role.github["plan"].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
}

# AWS's policy follows its services, so that a plan never lacks a right; but it reads data too.
data "aws_iam_policy_document" "plan" {
  statement {
    sid    = "NoData"
    effect = "Deny"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:GetRecords",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetSecretValue",
      "sqs:ReceiveMessage",
      "ssm:GetParameter*",
      "xray:BatchGetTraces",
    ]
    resources = ["*"]
  }

  statement {
    sid           = "NoObjectsButTheState"
    effect        = "Deny"
    actions       = ["s3:GetObject*"]
    not_resources = ["${aws_s3_bucket.state.arn}/*"]
  }
}

resource "aws_iam_role_policy" "plan" {
  count = local.github ? 1 : 0

  name   = "no-data"
  role   = aws_iam_role.github["plan"].id
  policy = data.aws_iam_policy_document.plan.json
}

# --- apply ------------------------------------------------------------------------------------------

# The most that any role of a deployment may ever do (variable permissions_boundary of the other root). Who may
# write roles could otherwise write himself one that may do everything; with it he gets no further than the
# functions.
data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_107:A boundary grants nothing; what a role may do is in its own policy.
  #checkov:skip=CKV_AWS_108:As above.
  #checkov:skip=CKV_AWS_109:As above.
  #checkov:skip=CKV_AWS_111:As above.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    actions = [
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricWidgetImage",
      "cloudwatch:PutMetricData",
      "dynamodb:*Item",
      "dynamodb:Query",
      "dynamodb:Scan",
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
      "events:DescribeEventBus",
      "events:PutEvents",
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:PutLogEvents",
      "rds-db:connect",
      "s3:*Object",
      "s3:ListBucket",
      "secretsmanager:GetSecretValue",
      "sns:Publish",
      "sqs:*Message",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "ssm:GetParameter",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  count = local.github ? 1 : 0

  name        = "triggeriq-boundary"
  description = "The most that a role of a TriggerIQ deployment may do; set as its permissions boundary"
  policy      = data.aws_iam_policy_document.boundary.json
}

data "aws_iam_policy_document" "apply" {
  #checkov:skip=CKV_AWS_107:It makes the database whose credentials RDS keeps in Secrets Manager.
  #checkov:skip=CKV_AWS_108:It owns the deployment's buckets and tables, their content among them.
  #checkov:skip=CKV_AWS_109:It writes roles, none beyond the boundary.
  #checkov:skip=CKV_AWS_111:Ids of VPC, API, key and certificate are not known before they are made.
  #checkov:skip=CKV_AWS_356:As above.
  count = local.github ? 1 : 0

  # What carries our name
  statement {
    sid = "Named"
    actions = [
      "dynamodb:*",
      "events:*",
      "lambda:*",
      "logs:*",
      "rds:*",
      "s3:*",
      "sns:*",
      "sqs:*",
      "cloudwatch:*",
      "cloudtrail:*",
    ]
    resources = [
      "arn:${local.partition}:s3:::triggeriq-*",
      "arn:${local.partition}:cloudwatch::${local.account_id}:dashboard/triggeriq-*",
      "arn:${local.partition}:*:*:${local.account_id}:triggeriq-*",
      "arn:${local.partition}:*:*:${local.account_id}:*/triggeriq-*",
      "arn:${local.partition}:*:*:${local.account_id}:*:triggeriq-*",
      "arn:${local.partition}:rds:*:${local.account_id}:og:default*",
      "arn:${local.partition}:lambda:*:${local.account_id}:event-source-mapping:*",
      "arn:${local.partition}:logs:*:${local.account_id}:log-group:/aws/*",
    ]
  }

  # What has an id of its own, or lists: services that a deployment is made of, and none beside
  statement {
    sid = "Unnamed"
    actions = [
      "acm:DescribeCertificate",
      "acm:ListTagsForCertificate",
      "apigateway:*",
      "budgets:*",
      "chatbot:*",
      "cloudtrail:Describe*",
      "cloudwatch:Describe*",
      "cloudwatch:List*",
      "dynamodb:ListTables",
      "ec2:*Address*",
      "ec2:*FlowLogs",
      "ec2:*InternetGateway*",
      "ec2:*NatGateway*",
      "ec2:*Route*",
      "ec2:*SecurityGroup*",
      "ec2:*Subnet*",
      "ec2:*Tags",
      "ec2:*Vpc*",
      "ec2:DeleteNetworkInterface", # what a deleted function leaves behind holds subnets and groups
      "ec2:Describe*",
      "ec2:DetachNetworkInterface",
      "ec2:GetManagedPrefixListEntries",
      "events:List*",
      "guardduty:*",
      "kms:*",
      "lambda:CreateEventSourceMapping",
      "lambda:GetAccountSettings",
      "lambda:List*",
      "logs:*LogDeliver*",
      "logs:*ResourcePolic*",
      "logs:Describe*",
      "rds:Describe*",
      "rds:ListTagsForResource",
      "route53:AssociateVPCWithHostedZone", # what an interface endpoint's private DNS asks of its maker
      "route53:DisassociateVPCFromHostedZone",
      "s3:ListAllMyBuckets",
      "secretsmanager:CreateSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:RotateSecret",
      "secretsmanager:TagResource",
      "ses:*",
      "sns:GetSubscriptionAttributes", # of a subscription, which AWS knows no resource for
      "sns:SetSubscriptionAttributes",
      "sns:Unsubscribe",
      "sts:GetCallerIdentity",
      "tag:GetResources",
    ]
    resources = ["*"]
  }

  statement {
    sid = "ReadRoles"
    actions = [
      "iam:GetOpenIDConnectProvider",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListPolicyVersions",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
    ]
    resources = ["*"]
  }

  statement {
    sid = "WriteRolesWithinTheBoundary"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/triggeriq-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary[0].arn]
    }
  }

  statement {
    sid = "KeepRoles"
    actions = [
      "iam:DeleteRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/triggeriq-*"]
  }

  statement {
    sid       = "HandRolesToTheServices"
    actions   = ["iam:PassRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/triggeriq-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values = [
        "chatbot.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "events.amazonaws.com",
        "lambda.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "scheduler.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
      ]
    }
  }

  statement {
    sid       = "ServiceRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/*"]
  }

  # Whoever applies can't widen what bounds him, nor make the history of the state go away
  statement {
    sid     = "NotItself"
    effect  = "Deny"
    actions = ["iam:*"]
    resources = [
      "arn:${local.partition}:iam::${local.account_id}:role/triggeriq-plan",
      "arn:${local.partition}:iam::${local.account_id}:role/triggeriq-apply",
    ]
  }

  statement {
    sid    = "NotTheHistory"
    effect = "Deny"
    actions = [
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:DeleteObjectVersion",
      "s3:PutBucketAcl",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketVersioning",
      "s3:PutLifecycleConfiguration",
    ]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
  }
}

resource "aws_iam_policy" "apply" {
  count = local.github ? 1 : 0

  name        = "triggeriq-apply"
  description = "What terraform apply of a TriggerIQ deployment needs"
  policy      = data.aws_iam_policy_document.apply[0].json
}

resource "aws_iam_role_policy_attachment" "apply" {
  count = local.github ? 1 : 0

  role       = aws_iam_role.github["apply"].name
  policy_arn = aws_iam_policy.apply[0].arn
}
