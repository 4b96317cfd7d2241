# PostgreSQL 16. The app logs in with IAM tokens over verified TLS; RDS keeps the master's password in
# Secrets Manager and changes it each week, and only `migrate` reads it, to make the two users.

locals {
  multi_az            = coalesce(var.multi_az, local.production)
  deletion_protection = coalesce(var.deletion_protection, local.production)
  final_snapshot      = coalesce(var.final_snapshot, local.production)
  backup_days         = coalesce(var.backup_days, local.production ? 14 : 7)
  db_instance_class   = coalesce(var.db_instance_class, local.production ? "db.t4g.medium" : "db.t4g.micro")
  insights            = local.instance_memory_gib[local.db_instance_class] > 1
  burstable           = startswith(local.db_instance_class, "db.t")

  # https://aws.amazon.com/rds/instance-types/
  instance_memory_gib = {
    "db.t4g.micro" = 1, "db.t4g.small" = 2, "db.t4g.medium" = 4, "db.t4g.large" = 8, "db.t4g.xlarge" = 16, "db.t4g.2xlarge" = 32
    "db.m7g.large" = 8, "db.m7g.xlarge" = 16, "db.m7g.2xlarge" = 32, "db.m7g.4xlarge" = 64
    "db.r7g.large" = 16, "db.r7g.xlarge" = 32, "db.r7g.2xlarge" = 64, "db.r7g.4xlarge" = 128
    "db.m8g.large" = 8, "db.m8g.xlarge" = 16, "db.m8g.2xlarge" = 32, "db.m8g.4xlarge" = 64
    "db.r8g.large" = 16, "db.r8g.xlarge" = 32, "db.r8g.2xlarge" = 64, "db.r8g.4xlarge" = 128
  }

  database_urls = {
    for use in ["app", "migrations"] :
    use => "postgresql://triggeriq_${use}@${aws_db_instance.main.address}:${aws_db_instance.main.port}/${aws_db_instance.main.db_name}?auth=iam"
  }

  # RDS's default, LEAST({DBInstanceClassMemory/9531392},5000), where DBInstanceClassMemory is what the
  # system and RDS leave of the memory: 0.7 is on the safe side.
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
  max_connections = min(floor(0.7 * local.instance_memory_gib[local.db_instance_class] * pow(1024, 3) / 9531392), 5000)

  # For RDS itself, migrations, and an operator who has to look: `migrate` limits the app's user to the rest
  # (SPARE_CONNECTIONS in chalicelib/services/postgres/users.py).
  kept_connections = 15

  # An invocation has one connection in hand. A mapping bounds its function, a schedule starts one at a
  # time. The API takes what reserved_concurrency gives it, else what is free, and at least this many must
  # be: a request that gets no connection is answered 503.
  database_connections = {
    for name, function in local.functions : name => (
      contains(keys(var.reserved_concurrency), name) ? var.reserved_concurrency[name] :
      try(local.maximum_concurrency[name], can(function.trigger.http) ? local.least_for_api : 1)
    ) if can(local.permissions[name].database)
  }
  least_for_api = 20
}

resource "aws_db_subnet_group" "main" {
  name       = local.prefix
  subnet_ids = local.private_subnet_ids

  lifecycle {
    precondition {
      condition     = local.own_network || length(distinct([for subnet in data.aws_subnet.given : subnet.availability_zone])) >= 2
      error_message = "private_subnet_ids are all in one zone; RDS asks for two."
    }
  }
}

resource "aws_db_parameter_group" "main" {
  name_prefix = "${local.prefix}-"
  family      = "postgres16"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  dynamic "parameter" {
    for_each = {
      # What customers wrote, and who they are, must not be in a log: no statement's text, not of a slow
      # nor of a failed one, and no details (a violated key is printed with its values).
      log_statement              = "none"
      log_min_duration_statement = "-1"
      log_min_error_statement    = "panic"
      log_error_verbosity        = "terse"
      log_connections            = "1"
      log_lock_waits             = "1"
      log_temp_files             = "10240" # kB
      "rds.log_retention_period" = "1440"  # minutes on the instance; CloudWatch keeps them longer
    }
    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "main" {
  #checkov:skip=CKV_AWS_133:7 days and more, knob backup_days; checkov can't follow the local
  #checkov:skip=CKV_AWS_157:Multi-AZ follows the environment, knob multi_az
  #checkov:skip=CKV_AWS_293:deletion protection follows the environment, knob deletion_protection
  #checkov:skip=CKV_AWS_118:enhanced monitoring bills log lines each minute; Database Insights and the alarms say what is needed
  #checkov:skip=CKV2_AWS_30:statements hold what customers wrote, so none is logged
  identifier     = local.prefix
  engine         = "postgres"
  engine_version = "16"
  instance_class = local.db_instance_class
  multi_az       = local.multi_az

  db_name                       = "triggeriq"
  username                      = "triggeriq_master"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = local.data_key_arn

  iam_database_authentication_enabled = true
  ca_cert_identifier                  = "rds-ca-rsa2048-g1" # its authorities are in the package
  parameter_group_name                = aws_db_parameter_group.main.name

  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  storage_type          = "gp3"
  allocated_storage     = var.db_storage_gb
  max_allocated_storage = var.db_max_storage_gb
  storage_encrypted     = true
  kms_key_id            = local.data_key_arn

  backup_retention_period   = local.backup_days
  backup_window             = "01:00-02:00" # UTC, as the next
  maintenance_window        = "sun:03:00-sun:04:00"
  copy_tags_to_snapshot     = true
  deletion_protection       = local.deletion_protection
  skip_final_snapshot       = !local.final_snapshot
  final_snapshot_identifier = local.final_snapshot ? "${local.prefix}-final-${substr(split("/", local.data_key_arn)[1], 0, 8)}" : null # a later one is under another key
  delete_automated_backups  = !local.production

  auto_minor_version_upgrade = true
  apply_immediately          = !local.production # else in the maintenance window

  # Where there is memory for it beside what logging in by IAM takes.
  performance_insights_enabled          = local.insights
  performance_insights_kms_key_id       = local.insights ? local.data_key_arn : null
  performance_insights_retention_period = local.insights ? 7 : null # days: the free ones
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  lifecycle {
    precondition {
      condition     = fileexists("${path.module}/../chalicelib/services/postgres/authorities/${local.region}.pem")
      error_message = "The package has no certificate authorities of RDS for ${local.region}, so nothing could log in to the database: add them as chalicelib/services/postgres/authorities/README.md says."
    }
    precondition {
      condition     = sum(values(local.database_connections)) + local.kept_connections <= local.max_connections
      error_message = "The functions may open ${sum(values(local.database_connections))} connections and ${local.kept_connections} are kept, but a ${local.db_instance_class} gives ${local.max_connections}: take a larger db_instance_class or less reserved_concurrency."
    }
  }

  depends_on = [aws_cloudwatch_log_group.database] # else RDS makes them, to be kept for ever
}

resource "aws_cloudwatch_log_group" "database" {
  #checkov:skip=CKV_AWS_338:30 days outside prod, log_retention_days sets it
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${local.prefix}/${each.key}"
  retention_in_days = local.log_retention_days
  kms_key_id        = local.data_key_arn
}
