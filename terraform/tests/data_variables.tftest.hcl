# The rules of the variables of network, database, mail and watching: each refuses what breaks it.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_vpc_too_small" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/25"
  }

  expect_failures = [var.vpc_cidr]
}

run "a_vpc_too_large" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/8"
  }

  expect_failures = [var.vpc_cidr]
}

run "a_vpc_that_is_no_block" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0"
  }

  expect_failures = [var.vpc_cidr]
}

run "one_zone" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "the_same_zone_twice" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "four_zones" {
  command = plan

  variables {
    availability_zones = ["a", "b", "c", "d"]
  }

  expect_failures = [var.availability_zones]
}

run "an_instance_class_of_unknown_memory" {
  command = plan

  variables {
    db_instance_class = "db.x1.huge"
  }

  expect_failures = [var.db_instance_class]
}

run "too_little_storage" {
  command = plan

  variables {
    db_storage_gb = 19
  }

  expect_failures = [var.db_storage_gb]
}

run "a_storage_that_can_not_grow" {
  command = plan

  variables {
    db_storage_gb     = 100
    db_max_storage_gb = 110
  }

  expect_failures = [var.db_max_storage_gb]
}

run "no_backups" {
  command = plan

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}

run "backups_for_too_long" {
  command = plan

  variables {
    backup_days = 36
  }

  expect_failures = [var.backup_days]
}

run "few_backups_in_prod" {
  command = plan

  variables {
    environment = "prod"
    backup_days = 6
  }

  expect_failures = [var.backup_days]
}

run "raw_bytes_gone_before_a_replay" {
  command = plan

  variables {
    raw_days = 119
  }

  expect_failures = [var.raw_days]
}

run "an_address_for_a_mail_domain" {
  command = plan

  variables {
    mail_domain = "help@example.com"
  }

  expect_failures = [var.mail_domain]
}

run "recipients_of_another_domain" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { billing = ["billing@example.com"] }
  }

  expect_failures = [var.mail_recipients]
}

run "recipients_without_a_domain" {
  command = plan

  variables {
    mail_recipients = { billing = ["billing@support.example.com"] }
  }

  expect_failures = [var.mail_recipients]
}

run "recipients_of_nothing" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { billing = [] }
  }

  expect_failures = [var.mail_recipients]
}

run "a_connection_that_is_no_name" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { "Billing Dept" = ["billing@support.example.com"] }
  }

  expect_failures = [var.mail_recipients]
}

run "a_rule_set_that_is_no_name" {
  command = plan

  variables {
    ses_rule_set_name = "no name"
  }

  expect_failures = [var.ses_rule_set_name]
}

run "alarms_to_no_address" {
  command = plan

  variables {
    alarm_email = "duty"
  }

  expect_failures = [var.alarm_email]
}

run "a_threshold_of_nothing" {
  command = plan

  variables {
    alarm_thresholds = { queue_depth = 0 }
  }

  expect_failures = [var.alarm_thresholds]
}

run "a_budget_below_nothing" {
  command = plan

  variables {
    monthly_budget_usd = -1
  }

  expect_failures = [var.monthly_budget_usd]
}
