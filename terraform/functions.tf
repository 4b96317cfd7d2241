# Every function of functions.json, from the one zip. Whatever calls a function calls its alias `live`: a
# deployment publishes a version first, migrates the database, then moves the alias (migration.tf), and the
# way back is to move it again.

locals {
  routers = [for name, function in local.functions : name if can(function.trigger.http)]

  sizes = { for name, function in local.functions : name => {
    memory  = contains(local.routers, name) && var.lambda_memory_mb != null ? var.lambda_memory_mb : function.memory
    timeout = contains(local.routers, name) && var.lambda_timeout_seconds != null ? var.lambda_timeout_seconds : function.timeout
  } }

  log_retention_days = var.log_retention_days != null ? var.log_retention_days : local.production ? 365 : 30
  cors_origins       = var.cors_origins != null ? var.cors_origins : var.environment == "dev" ? ["*"] : []

  # The settings that the variable of that name may change, as chalicelib/settings.py reads them
  setting_forms = {
    connection_cache_seconds = { form = local.seconds_form, least = 0, most = 3600 }
    key_cache_seconds        = { form = local.seconds_form, least = 0, most = 3600 }
    plugin_seconds           = { form = local.seconds_form, least = 0.05, most = 60 }
    park_seconds             = { form = local.pauses_form, least = 0, most = 900 }
    retry_seconds            = { form = local.pauses_form, least = 0, most = 43200 }
    reconnect_seconds        = { form = local.seconds_form, least = 0, most = 60 }
    unpacked_limit           = { form = local.count_form, least = 1, most = 1000000000000 }
    relay_grace_seconds      = { form = local.seconds_form, least = 0, most = 600 }
    poll_request_seconds     = { form = local.seconds_form, least = 0.1, most = 60 }
    inbox_waiting            = { form = local.count_form, least = 0, most = 1000 }
    delivery_schedule        = { form = local.pauses_form, least = 0, most = 604800 }
    import_backlog           = { form = local.count_form, least = 1, most = 1000000000 }
    trace_plugins            = { form = local.switch_form, least = 0, most = 1 }
  }
  seconds_form = "^[0-9]{1,6}(\\.[0-9]{1,6})?$"
  pauses_form  = "^[0-9]+(,[0-9]+)*$"
  count_form   = "^[0-9]{1,15}$"
  switch_form  = "^[01]$"

  buckets_of = { for name in keys(local.functions) : name => [
    for bucket in keys(try(local.permissions[name].buckets, {})) : split("/", bucket)[0]
  ] }

  # Only what a function uses by permissions.json; a null is left out, and the code's own default holds.
  environments = { for name, function in local.functions : name => {
    for variable, value in merge({ for name, value in var.settings : "TRIGGERIQ_${upper(name)}" => value }, {
      TRIGGERIQ_STAGE                  = var.environment
      TRIGGERIQ_FUNCTION               = name
      TRIGGERIQ_LOAD_PLUGINS           = length(var.load_plugins) == 0 ? null : join(",", var.load_plugins)
      TRIGGERIQ_DISABLED_PLUGINS       = length(var.disabled_plugins) == 0 ? null : join(",", var.disabled_plugins)
      TRIGGERIQ_PUBLIC_URL             = local.public_url
      TRIGGERIQ_IAM_CALLERS            = contains(local.routers, name) && length(var.iam_callers) > 0 ? jsonencode(local.iam_callers) : null
      TRIGGERIQ_CORS_ORIGINS           = contains(local.routers, name) && length(local.cors_origins) > 0 ? join(",", local.cors_origins) : null
      TRIGGERIQ_DELIVERY_ALLOW         = contains(concat(["api"], local.callers), name) && length(var.delivery_allow) > 0 ? join(",", var.delivery_allow) : null
      TRIGGERIQ_DELIVERY_SOURCES       = name == "api" && local.static_egress ? join(",", local.sources) : null
      TRIGGERIQ_DATABASE               = try(local.database_urls[local.permissions[name].database], null)
      TRIGGERIQ_DATABASE_MASTER_SECRET = contains(try(local.permissions[name].secrets, []), "database-master") ? local.secret_arns["database-master"] : null
      TRIGGERIQ_UPLOADS_BUCKET         = contains(local.buckets_of[name], "uploads") ? aws_s3_bucket.this["uploads"].bucket : null
      TRIGGERIQ_ARTIFACTS_BUCKET       = contains(local.buckets_of[name], "artifacts") ? aws_s3_bucket.this["artifacts"].bucket : null
      TRIGGERIQ_KMS_KEY                = can(local.permissions[name].keys.secrets) ? local.secrets_key_arn : null

      # Botocore reads the whole bundle for each connection; the package has a short one, which does for AWS's
      # endpoints outside China. How to be without it at once: docs/bad-day.md#certificates-of-aws
      AWS_CA_BUNDLE = var.short_ca_bundle && local.partition != "aws-cn" ? "/var/task/amazon-roots.pem" : null

      AWS_USE_DUALSTACK_ENDPOINT = function.vpc && local.by_ipv6 ? "true" : null
    }) : variable => value if value != null
  } }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115:reserved concurrency is a variable, none by default: a new account has ten in all
  #checkov:skip=CKV_AWS_116:what is notified once has an on-failure destination instead, in triggers.tf
  #checkov:skip=CKV_AWS_117:only what needs the database is in the VPC; the others need the internet or AWS alone
  #checkov:skip=CKV_AWS_173:no secret is in the environment, and Lambda encrypts it by its own key
  #checkov:skip=CKV_AWS_272:the package is made and applied by one pipeline, held by its hash; signing would add a signer to trust
  for_each = local.functions

  function_name                  = "${local.prefix}-${each.key}"
  description                    = "TriggerIQ ${each.key} (${var.environment})"
  role                           = aws_iam_role.function[each.key].arn
  handler                        = each.value.handler
  runtime                        = each.value.runtime
  architectures                  = each.value.architectures
  memory_size                    = local.sizes[each.key].memory
  timeout                        = local.sizes[each.key].timeout
  reserved_concurrent_executions = lookup(var.reserved_concurrency, each.key, -1)
  filename                       = local.zip
  source_code_hash               = filebase64sha256(local.zip)
  publish                        = true

  environment {
    variables = local.environments[each.key]
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "vpc_config" {
    for_each = local.in_vpc[each.key] ? [true] : []
    content {
      subnet_ids         = each.value.vpc ? local.private_subnet_ids : values(aws_subnet.outbound)[*].id
      security_group_ids = [each.value.vpc ? aws_security_group.functions.id : aws_security_group.outbound[0].id]

      ipv6_allowed_for_dual_stack = each.value.vpc && local.by_ipv6
    }
  }

  # Where somebody waits for the answer; an event waits in its queue.
  dynamic "snap_start" {
    for_each = var.snapstart && contains(local.routers, each.key) ? [true] : []
    content {
      apply_on = "PublishedVersions"
    }
  }

  # Lambda asks for the right to make network interfaces when a function is made.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = "live"
  description      = "What every trigger of ${each.key} calls"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = aws_lambda_function.this[each.key].version

  depends_on = [aws_lambda_invocation.migrate]
}

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_338:how long is a variable; a year in prod
  for_each = local.functions

  name              = "/aws/lambda/${local.prefix}-${each.key}"
  retention_in_days = local.log_retention_days
  kms_key_id        = local.data_key_arn
}
