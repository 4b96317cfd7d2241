# The rules of the variables of network, database, mail and watching. A run that sets several expects each one
# to be refused; a rule that looks at another variable is asked only once that one is right.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "too_little" {
  command = plan

  variables {
    vpc_cidr           = "10.0.0.0/25"
    availability_zones = ["eu-central-1a"]
    db_storage_gb      = 19
    backup_days        = 0
    raw_days           = 119
    alarm_thresholds   = { queue_depth = 0 }
    monthly_budget_usd = -1
  }

  expect_failures = [
    var.vpc_cidr,
    var.availability_zones,
    var.db_storage_gb,
    var.backup_days,
    var.raw_days,
    var.alarm_thresholds,
    var.monthly_budget_usd,
  ]
}

run "too_much" {
  command = plan

  variables {
    vpc_cidr           = "10.0.0.0/8"
    availability_zones = ["a", "b", "c", "d"]
    backup_days        = 36
  }

  expect_failures = [var.vpc_cidr, var.availability_zones, var.backup_days]
}

run "of_another_form" {
  command = plan

  variables {
    vpc_cidr           = "10.0.0.0"
    availability_zones = ["eu-central-1a", "eu-central-1a"]
    db_instance_class  = "db.x1.huge"
    mail_domain        = "help@example.com"
    ses_rule_set_name  = "no name"
    alarm_email        = "duty"
  }

  expect_failures = [
    var.vpc_cidr,
    var.availability_zones,
    var.db_instance_class,
    var.mail_domain,
    var.ses_rule_set_name,
    var.alarm_email,
  ]
}

run "what_does_not_go_together" {
  command = plan

  variables {
    environment       = "prod" # where backups are kept for a week at least
    backup_days       = 6
    db_storage_gb     = 100 # which can't grow to 110
    db_max_storage_gb = 110
    mail_recipients   = { billing = ["billing@support.example.com"] } # of no mail_domain
  }

  expect_failures = [var.backup_days, var.db_max_storage_gb, var.mail_recipients]
}

run "another_way_out" {
  command = plan

  variables {
    egress = "NAT"
  }

  expect_failures = [var.egress]
}

run "a_vpc_without_subnets" {
  command = plan

  variables {
    vpc_id = "vpc-0123456789abcdef0"
  }

  expect_failures = [var.private_subnet_ids]
}

run "subnets_without_a_vpc" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "one_subnet_twice" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000a"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "a_vpc_and_zones" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
    availability_zones = ["eu-central-1a", "eu-central-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "no_id_of_a_vpc" {
  command = plan

  variables {
    vpc_id             = "main"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  expect_failures = [var.vpc_id]
}

run "no_ids_of_subnets" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["private-a", "private-b"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "recipients_of_another_domain" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { billing = ["billing@example.com"] }
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

run "an_address_of_two_connections" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { billing = ["billing@support.example.com"], money = ["Billing@support.example.com"] }
  }

  expect_failures = [var.mail_recipients]
}

run "a_rule_set_of_the_account_s_without_a_place_in_it" {
  command = plan

  variables {
    mail_domain       = "support.example.com"
    ses_rule_set_name = "the-account-s"
  }

  expect_failures = [var.ses_after_rule]
}

run "a_place_that_is_no_rule_s_name" {
  command = plan

  variables {
    mail_domain       = "support.example.com"
    ses_rule_set_name = "the-account-s"
    ses_after_rule    = "-"
  }

  expect_failures = [var.ses_after_rule]
}

run "a_place_in_a_rule_set_of_our_own" {
  command = plan

  variables {
    mail_domain    = "support.example.com"
    ses_after_rule = "drop-spam"
  }

  expect_failures = [var.ses_after_rule]
}

run "recipients_of_nothing" {
  command = plan

  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { billing = [] }
  }

  expect_failures = [var.mail_recipients]
}
