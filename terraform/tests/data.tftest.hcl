# Database, tables, buckets, keys, mail: each protected, and changed by `prod` where it should be.
# Nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "tables_are_as_resources_json_has_them" {
  assert {
    condition     = toset(keys(aws_dynamodb_table.this)) == toset(keys(jsondecode(file("../resources.json")).tables))
    error_message = "There is a table for each of resources.json, and no other."
  }
  assert {
    condition = alltrue([for name, table in jsondecode(file("../resources.json")).tables :
      compact([aws_dynamodb_table.this[name].hash_key, aws_dynamodb_table.this[name].range_key]) == tolist(table.key)
    ])
    error_message = "A table's keys are those of resources.json."
  }
  assert {
    condition = alltrue([for name, table in jsondecode(file("../resources.json")).tables :
      { for index in aws_dynamodb_table.this[name].global_secondary_index : index.name => [index.hash_key, index.range_key] } == { for index, wanted in try(table.indexes, {}) : index => wanted.key }
    ])
    error_message = "A table's indexes are those of resources.json."
  }
  assert {
    condition = alltrue([for name, table in jsondecode(file("../resources.json")).tables :
      toset([for attribute in aws_dynamodb_table.this[name].attribute : attribute.name]) == toset(flatten([table.key, values(try(table.indexes, {}))[*].key]))
    ])
    error_message = "A table declares exactly the attributes that are keys: DynamoDB refuses any other."
  }
  assert {
    condition = alltrue([for name, table in jsondecode(file("../resources.json")).tables :
      try(aws_dynamodb_table.this[name].ttl[0].enabled, false) == (table.ttl != null) && try(aws_dynamodb_table.this[name].ttl[0].attribute_name, null) == table.ttl
    ])
    error_message = "A table forgets by the attribute of resources.json, or never."
  }
  assert {
    condition = alltrue([for table in aws_dynamodb_table.this :
      table.point_in_time_recovery[0].enabled && length(table.server_side_encryption) == 0 && table.billing_mode == "PAY_PER_REQUEST"
    ])
    error_message = "Every table is encrypted by the key that costs nothing, billed by use, and can be restored to any second."
  }
}

run "buckets_are_private" {
  assert {
    condition     = toset(keys(aws_s3_bucket.this)) == toset(jsondecode(file("../resources.json")).buckets)
    error_message = "There is a bucket for each of resources.json, and no other."
  }
  assert {
    condition     = alltrue([for name, bucket in aws_s3_bucket.this : bucket.bucket == "triggeriq-dev-${name}-123456789012-eu-central-1"])
    error_message = "A bucket is named for deployment, account and region: its name is the world's."
  }
  assert {
    condition = alltrue([for name in keys(aws_s3_bucket.this) : alltrue([
      aws_s3_bucket_public_access_block.this[name].block_public_acls,
      aws_s3_bucket_public_access_block.this[name].block_public_policy,
      aws_s3_bucket_public_access_block.this[name].ignore_public_acls,
      aws_s3_bucket_public_access_block.this[name].restrict_public_buckets,
      aws_s3_bucket_ownership_controls.this[name].rule[0].object_ownership == "BucketOwnerEnforced",
      one(aws_s3_bucket_server_side_encryption_configuration.this[name].rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256",
    ])])
    error_message = "Every bucket is closed to the public, owned whole, and encrypted."
  }
  assert {
    condition = alltrue([for name in keys(aws_s3_bucket.this) : anytrue([
      for statement in jsondecode(aws_s3_bucket_policy.this[name].policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ])])
    error_message = "Every bucket refuses what comes without TLS."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_s3_bucket_policy.this : [
      for statement in jsondecode(policy.policy).Statement : statement.Effect == "Deny"
    ]]))
    error_message = "Without a mail domain no bucket's policy lets anybody in."
  }
}

run "a_browser_may_post_files" {
  command = plan

  variables {
    cors_origins = ["https://desk.example.com"]
  }

  assert {
    condition = [
      for rule in one(aws_s3_bucket_cors_configuration.uploads).cors_rule : [rule.allowed_methods, rule.allowed_origins]
    ] == [[toset(["POST"]), toset(["https://desk.example.com"])]]
    error_message = "The origins that may call the API may post into uploads, and do nothing else there."
  }
}

run "no_browser_posts_files_where_none_may_call" {
  command = plan

  variables {
    environment = "prod"
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.uploads) == 0
    error_message = "Without origins no browser posts files."
  }
}

run "what_is_kept_and_how_long" {
  assert {
    condition     = keys(aws_s3_bucket_versioning.this) == ["knowledge"] && aws_s3_bucket_versioning.this["knowledge"].versioning_configuration[0].status == "Enabled"
    error_message = "knowledge is versioned; elsewhere an old version would outlive the erasure of a person."
  }
  assert {
    condition = alltrue([for lifecycle in aws_s3_bucket_lifecycle_configuration.this : anytrue([
      for rule in lifecycle.rule : try(rule.abort_incomplete_multipart_upload[0].days_after_initiation == 7 && rule.status == "Enabled", false)
    ])])
    error_message = "Every bucket drops uploads that were never finished."
  }
  assert {
    condition = one(flatten([
      for rule in aws_s3_bucket_lifecycle_configuration.this["uploads"].rule : rule.expiration[*].days
    ])) == 90
    error_message = "Uploads are kept for as long as an import and its quarantined rows: 90 days."
  }
  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.this["artifacts"].rule : rule.filter[0].prefix => rule.expiration[0].days if length(rule.expiration) > 0
    } == { "raw/" = 365, "attachments/" = 365, "events/" = 35, "webhooks/" = 365, "quarantine/" = 365, "unpacked/" = 30, "exports/" = 365 }
    error_message = "Raw bytes are kept for raw_days, exports for a year, what lies there to be read for no longer than that takes."
  }
  assert {
    condition = alltrue([
      for rule in [
        one([for rule in aws_s3_bucket_lifecycle_configuration.this["backups"].rule : rule if rule.id == "all"]),
        one([for rule in aws_s3_bucket_lifecycle_configuration.this["artifacts"].rule : rule if rule.id == "exports"]),
      ] : one(rule.transition).days == 30 && one(rule.transition).storage_class == "GLACIER" && rule.expiration[0].days == 365
    ])
    error_message = "Backups and exports move to Glacier after 30 days and go after a year."
  }
}

run "keys_are_for_whom_they_are_for" {
  assert {
    condition     = aws_kms_key.secrets[0].enable_key_rotation && aws_kms_key.data[0].enable_key_rotation
    error_message = "Keys rotate."
  }
  assert {
    condition     = aws_kms_alias.secrets[0].name == "alias/triggeriq-dev"
    error_message = "The code finds the key by the alias of resources.json."
  }
  assert {
    condition = alltrue([
      for statement in concat(jsondecode(aws_kms_key.secrets[0].policy).Statement, jsondecode(aws_kms_key.data[0].policy).Statement) :
      statement.Effect == "Deny" || can(statement.Condition) || try(statement.Principal.AWS, "") == "arn:aws:iam::123456789012:root"
    ])
    error_message = "Beyond the account itself nobody uses a key without a condition."
  }
  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.secrets[0].policy).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Null["kms:EncryptionContext:source"], "") == "true"
    ])
    error_message = "A connection's secrets open only for the connection that they belong to."
  }
}

run "keys_of_one_s_own" {
  command = plan

  variables {
    data_key_arn    = "arn:aws:kms:eu-central-1:210987654321:key/mrk-0123456789abcdef0123456789abcdef"
    secrets_key_arn = "arn:aws:kms:eu-central-1:210987654321:key/99999999-8888-7777-6666-555555555555"
  }

  assert {
    condition     = length(aws_kms_key.data) + length(aws_kms_key.secrets) + length(aws_kms_alias.data) + length(aws_kms_alias.secrets) == 0
    error_message = "No key is made beside one that is given."
  }
  assert {
    condition = alltrue([for arn in flatten([
      aws_db_instance.main.kms_key_id, aws_db_instance.main.master_user_secret_kms_key_id, aws_cloudwatch_log_group.api.kms_key_id,
      [for group in aws_cloudwatch_log_group.function : group.kms_key_id], [for group in aws_cloudwatch_log_group.database : group.kms_key_id],
      aws_sns_topic.alarms.kms_master_key_id,
    ]) : arn == var.data_key_arn])
    error_message = "What lies in services lies under the key that is given."
  }
  assert {
    condition     = aws_lambda_function.this["receive"].environment[0].variables.TRIGGERIQ_KMS_KEY == var.secrets_key_arn && local.interface_endpoints.kms.resource == var.secrets_key_arn
    error_message = "The functions seal by the key that is given, and reach it."
  }
}

run "the_database_is_closed_and_kept" {
  assert {
    condition     = !aws_db_instance.main.publicly_accessible && aws_db_instance.main.storage_encrypted && aws_db_instance.main.iam_database_authentication_enabled
    error_message = "The database is private, encrypted, and knows IAM."
  }
  assert {
    condition     = aws_db_instance.main.manage_master_user_password && aws_db_instance.main.password == null && aws_db_instance.main.master_user_secret_kms_key_id == aws_kms_key.data[0].arn
    error_message = "RDS makes and keeps the master's password; Terraform never sees it."
  }
  assert {
    condition = { for parameter in aws_db_parameter_group.main.parameter : parameter.name => parameter.value if contains(
      ["rds.force_ssl", "log_statement", "log_min_duration_statement", "log_min_error_statement", "log_error_verbosity"], parameter.name
      ) } == {
      "rds.force_ssl" = "1", log_statement = "none", log_min_duration_statement = "-1", log_min_error_statement = "panic", log_error_verbosity = "terse"
    }
    error_message = "TLS is forced, and no log holds what a customer wrote."
  }
  assert {
    condition     = aws_db_instance.main.engine == "postgres" && aws_db_instance.main.engine_version == "16" && aws_db_parameter_group.main.family == "postgres16"
    error_message = "PostgreSQL 16, as locally."
  }
  assert {
    condition     = alltrue([for log in aws_db_instance.main.enabled_cloudwatch_logs_exports : contains(keys(aws_cloudwatch_log_group.database), log)])
    error_message = "Every log that RDS sends has a group that forgets."
  }
  assert {
    condition     = output.database.master_secret_arn != null && local.database_urls.app == "postgresql://triggeriq_app@${aws_db_instance.main.address}:5432/triggeriq?auth=iam"
    error_message = "The functions are told where the database is, and no password."
  }
  assert {
    condition = [
      aws_db_instance.main.instance_class, aws_db_instance.main.allocated_storage, aws_db_instance.main.multi_az, aws_db_instance.main.deletion_protection,
      aws_db_instance.main.skip_final_snapshot, aws_db_instance.main.backup_retention_period
    ] == ["db.t4g.micro", 20, false, false, true, 7]
    error_message = "dev has a small database, in one zone, that may be deleted, with backups of 7 days."
  }
}

run "connections_fit_the_database" {
  assert {
    condition = toset(keys(local.database_connections)) == toset([
      for function, may in jsondecode(file("../permissions.json")) : function if can(may.database)
    ])
    error_message = "Every function with a database is counted."
  }
  assert {
    condition = (
      local.database_connections.process == jsondecode(file("../functions.json")).process.trigger.maximum_concurrency &&
      local.database_connections.relay == 1 && local.database_connections.migrate == 1 && local.database_connections.api >= 20
    )
    error_message = "What a function opens follows from what bounds it."
  }
  assert {
    condition     = local.max_connections == 78 && sum(values(local.database_connections)) + local.kept_connections <= local.max_connections
    error_message = "The smallest instance bears all functions at once, and leaves what is kept."
  }
}

run "connections_that_do_not_fit_are_refused" {
  command = plan

  variables {
    reserved_concurrency = { api = 60 }
  }

  expect_failures = [aws_db_instance.main]
}

run "prod_is_made_to_last" {
  variables {
    environment = "prod"
  }

  assert {
    condition = [
      aws_db_instance.main.instance_class, aws_db_instance.main.multi_az, aws_db_instance.main.deletion_protection,
      aws_db_instance.main.skip_final_snapshot, aws_db_instance.main.apply_immediately, aws_db_instance.main.delete_automated_backups
    ] == ["db.t4g.medium", true, true, false, false, false]
    error_message = "prod has a larger database, with a standby, that is not deleted in passing."
  }
  assert {
    condition     = aws_db_instance.main.backup_retention_period >= 7 && startswith(aws_db_instance.main.final_snapshot_identifier, "triggeriq-prod-final-") && aws_db_instance.main.performance_insights_enabled
    error_message = "prod keeps backups, and a last one."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled])
    error_message = "prod's tables are protected."
  }
  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : !bucket.force_destroy])
    error_message = "prod's buckets are not deleted with what is in them."
  }
  assert {
    condition     = aws_kms_key.secrets[0].deletion_window_in_days == 30 && aws_kms_key.data[0].deletion_window_in_days == 30
    error_message = "prod's keys wait a month before they go."
  }
  assert {
    condition     = alltrue([for log in aws_cloudwatch_log_group.database : log.retention_in_days == 365])
    error_message = "prod keeps the database's logs for a year."
  }
}

run "prod_with_other_wishes" {
  command = plan

  variables {
    environment         = "prod"
    multi_az            = false
    deletion_protection = false
    final_snapshot      = false
    db_instance_class   = "db.m8g.large"
    backup_days         = 35
  }

  assert {
    condition = [
      aws_db_instance.main.multi_az, aws_db_instance.main.deletion_protection, aws_db_instance.main.skip_final_snapshot,
      aws_db_instance.main.instance_class, aws_db_instance.main.backup_retention_period, aws_dynamodb_table.this["events"].deletion_protection_enabled
    ] == [false, false, true, "db.m8g.large", 35, false]
    error_message = "What is set goes before what the environment says."
  }
}
