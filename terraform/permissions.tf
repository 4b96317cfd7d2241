# One role a function. What its code calls stands in permissions.json, which a test holds against the code;
# what the platform does in its name is derived from functions.json here.

locals {
  table_arns = { for name, table in aws_dynamodb_table.this : name => table.arn }
  queue_arns = merge(
    { for name, queue in aws_sqs_queue.this : name => queue.arn },
    { for name, queue in aws_sqs_queue.dead_letters : "${name}-dlq" => queue.arn },
    { "${local.resources.async_failures}-dlq" = aws_sqs_queue.async_failures.arn },
  )
  key_arns    = { secrets = local.secrets_key_arn }
  secret_arns = { database-master = one(aws_db_instance.main.master_user_secret[*].secret_arn) }

  # Where operators put the credentials by which connections are polled
  credential_arns = {
    secretsmanager = "arn:${local.partition}:secretsmanager:${local.arn_in_region}:secret:triggeriq/${var.environment}/*"
    ssm            = "arn:${local.partition}:ssm:${local.arn_in_region}:parameter/triggeriq/${var.environment}/*"
  }
  # What the two name in the encryption context of what they decrypt
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
  # https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
  credential_contexts = { secretsmanager = "SecretARN", ssm = "PARAMETER_ARN" }

  function_arns = {
    for name in keys(local.functions) :
    name => "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${local.prefix}-${name}"
  }

  # The code's own calls. A key of `tables` may go on after the name (imports/index/by_time), and so may one of
  # `buckets` (artifacts/unpacked): only what lies below that prefix.
  code_statements = { for name in keys(local.functions) : name => concat(
    [for table, actions in try(local.permissions[name].tables, {}) : {
      Effect   = "Allow"
      Action   = [for action in actions : "dynamodb:${action}"]
      Resource = join("/", concat([local.table_arns[split("/", table)[0]]], slice(split("/", table), 1, length(split("/", table)))))
    }],
    [for queue, actions in try(local.permissions[name].queues, {}) : {
      Effect   = "Allow"
      Action   = [for action in actions : "sqs:${action}"]
      Resource = local.queue_arns[queue]
    }],
    [for bucket, actions in try(local.permissions[name].buckets, {}) : {
      Effect   = "Allow"
      Action   = [for action in actions : "s3:${action}" if !startswith(action, "ListBucket")]
      Resource = join("/", concat([aws_s3_bucket.this[split("/", bucket)[0]].arn], slice(split("/", bucket), 1, length(split("/", bucket))), ["*"]))
    } if !alltrue([for action in actions : startswith(action, "ListBucket")])],
    [for bucket, actions in try(local.permissions[name].buckets, {}) : {
      Effect   = "Allow"
      Action   = [for action in actions : "s3:${action}" if startswith(action, "ListBucket")]
      Resource = aws_s3_bucket.this[bucket].arn
    } if anytrue([for action in actions : startswith(action, "ListBucket")])],
    [for actions in [try(local.permissions[name].bus, [])] : {
      Effect   = "Allow"
      Action   = [for action in actions : "events:${action}"]
      Resource = aws_cloudwatch_event_bus.main.arn
    } if length(actions) > 0],
    [for key, actions in try(local.permissions[name].keys, {}) : {
      Effect   = "Allow"
      Action   = [for action in actions : "kms:${action}"]
      Resource = local.key_arns[key]
    }],
    [for secret in try(local.permissions[name].secrets, []) : {
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.secret_arns[secret]
    }],
    [for _ in try(local.permissions[name].secrets, []) : {
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = local.data_key_arn # the secret lies under it
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.amazonaws.com" } }
    }],
    [for action in try(local.permissions[name].credentials, []) : {
      Effect   = "Allow"
      Action   = [action]
      Resource = local.credential_arns[split(":", action)[0]]
    }],
    [for service in distinct([for action in try(local.permissions[name].credentials, []) : split(":", action)[0]]) : {
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = "arn:${local.partition}:kms:${local.arn_in_region}:key/*" # whichever they were put under
      Condition = {
        StringEquals = { "kms:ViaService" = "${service}.${local.region}.amazonaws.com" }
        StringLike   = { "kms:EncryptionContext:${local.credential_contexts[service]}" = local.credential_arns[service] }
      }
    }],
    [for user in compact([try(local.permissions[name].database, null)]) : {
      Effect   = "Allow"
      Action   = ["rds-db:connect"]
      Resource = "arn:${local.partition}:rds-db:${local.region}:${local.account_id}:dbuser:${aws_db_instance.main.resource_id}/triggeriq_${user}"
    }],
  ) }

  platform_statements = { for name, function in local.functions : name => concat(
    [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.function[name].arn}:*"
    }],
    [{
      # X-Ray knows no resource for these two.
      # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }],
    [for queue in compact([try(function.trigger.sqs, null)]) : {
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = local.queue_arns[queue]
    }],
    [for _ in try(local.asynchronous[name].kept, false) ? [true] : [] : {
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = aws_sqs_queue.async_failures.arn
    }],
    # Lambda itself makes the network interfaces, before there is a name to give. The function's own code,
    # whose calls carry its ARN, may not.
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    [for effect in local.in_vpc[name] ? ["Allow"] : [] : {
      Effect   = effect
      Action   = local.network_interface_actions
      Resource = "*"
    }],
    [for effect in local.in_vpc[name] ? ["Deny"] : [] : {
      Effect    = effect
      Action    = local.network_interface_actions
      Resource  = "*"
      Condition = { ArnLike = { "lambda:SourceFunctionArn" = [local.function_arns[name], "${local.function_arns[name]}:*"] } }
    }],
  ) }

  permissions_boundary = var.permissions_boundary ? "arn:${local.partition}:iam::${local.account_id}:policy/triggeriq-boundary" : null

  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name                 = "${local.prefix}-${each.key}"
  description          = "What the function ${each.key} of TriggerIQ (${var.environment}) may do"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name = "its-work"
  role = aws_iam_role.function[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.code_statements[each.key], local.platform_statements[each.key])
  })
}
