# Mail: only where a domain is set, into the place of its connection, and from our own rules.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "no_mail_by_default" {
  command = plan

  assert {
    condition     = length(aws_ses_receipt_rule.mail) + length(aws_ses_receipt_rule.mark) + length(aws_ses_receipt_rule_set.mail) + length(aws_ses_active_receipt_rule_set.mail) + length(aws_ses_domain_identity.mail) == 0
    error_message = "Without mail_domain nothing is done to SES."
  }
}

run "a_domain_s_mail_goes_to_the_default_connection" {
  variables {
    mail_domain = "support.example.com"
  }

  assert {
    condition     = keys(aws_ses_receipt_rule.mail) == ["default"] && aws_ses_receipt_rule.mail["default"].after == "triggeriq-dev.mark" && aws_ses_receipt_rule.mail["default"].recipients == toset(["support.example.com"])
    error_message = "One rule takes all of the domain's mail."
  }
  assert {
    condition     = one(aws_ses_receipt_rule.mail["default"].s3_action).object_key_prefix == "emails/default/"
    error_message = "The code reads emails/<connection>/<file>."
  }
  assert {
    condition     = aws_ses_receipt_rule.mail["default"].enabled && aws_ses_receipt_rule.mail["default"].scan_enabled && aws_ses_receipt_rule.mail["default"].tls_policy == "Require"
    error_message = "Mail is scanned, and comes encrypted."
  }
  assert {
    condition     = aws_ses_active_receipt_rule_set.mail[0].rule_set_name == "triggeriq-dev"
    error_message = "A rule set of our own is made active."
  }
  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this["uploads"].policy).Statement : statement if statement.Effect == "Allow"] == [{
      Effect    = "Allow"
      Principal = { Service = "ses.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.this["uploads"].arn}/emails/default/*"
      Condition = { StringEquals = {
        "aws:SourceAccount" = "123456789012"
        "aws:SourceArn"     = "arn:aws:ses:eu-central-1:123456789012:receipt-rule-set/triggeriq-dev:receipt-rule/triggeriq-dev-default"
      } }
    }]
    error_message = "SES may write mail for our rule, where that rule puts it, and nothing else."
  }
  assert {
    condition = alltrue([for name in ["artifacts", "backups", "knowledge"] :
      alltrue([for statement in jsondecode(aws_s3_bucket_policy.this[name].policy).Statement : statement.Effect == "Deny"])
    ])
    error_message = "SES may write to no other bucket."
  }
  assert {
    condition     = [for record in output.mail_records : record.type] == ["MX", "TXT", "CNAME", "CNAME", "CNAME"] && output.mail_records[0].value == "10 inbound-smtp.eu-central-1.amazonaws.com"
    error_message = "The records for DNS are told."
  }
}

# SES puts a rule first, or directly behind the one that it names: what names the account's rule comes before the
# mark, which named it earlier.
run "an_address_comes_before_the_domain_and_one_mail_is_taken_once" {
  variables {
    mail_domain     = "support.example.com"
    mail_recipients = { all = ["support.example.com"], billing = ["billing@support.example.com"], help = ["help@support.example.com"] }
  }

  assert {
    condition     = { for connection, rule in aws_ses_receipt_rule.mail : connection => coalesce(rule.after, "first") } == { all = "triggeriq-dev.mark", billing = "first", help = "first" }
    error_message = "Addresses come before the mark, the domain behind it."
  }
  assert {
    condition     = aws_ses_receipt_rule.mark[0].after == null && !aws_ses_receipt_rule.mark[0].enabled && length(aws_ses_receipt_rule.mark[0].s3_action) == 0
    error_message = "The mark does nothing but stand there."
  }
  assert {
    condition     = alltrue([for rule in aws_ses_receipt_rule.mail : one(rule.stop_action).scope == "RuleSet" && one(rule.stop_action).position > one(rule.s3_action).position])
    error_message = "What a rule has stored no rule behind it stores again."
  }
}

run "addresses_by_connection_in_an_existing_rule_set" {
  variables {
    mail_domain       = "support.example.com"
    mail_recipients   = { billing = ["billing@support.example.com"], help-desk = ["help@support.example.com", "hello@support.example.com"] }
    ses_rule_set_name = "the-account-s"
    ses_after_rule    = "drop-spam"
    mail_requires_tls = false
  }

  assert {
    condition     = { for connection, rule in aws_ses_receipt_rule.mail : connection => one(rule.s3_action).object_key_prefix } == { billing = "emails/billing/", help-desk = "emails/help-desk/" }
    error_message = "Each connection's mail goes to its place."
  }
  assert {
    condition     = length(aws_ses_receipt_rule_set.mail) + length(aws_ses_active_receipt_rule_set.mail) == 0 && alltrue([for rule in aws_ses_receipt_rule.mail : rule.rule_set_name == "the-account-s"])
    error_message = "An existing rule set gets our rules, and is left as it is."
  }
  assert {
    condition     = alltrue([for rule in concat(values(aws_ses_receipt_rule.mail), aws_ses_receipt_rule.mark) : rule.after == "drop-spam"])
    error_message = "Ours come behind the account's rule."
  }
  assert {
    condition     = length([for statement in jsondecode(aws_s3_bucket_policy.this["uploads"].policy).Statement : statement if statement.Effect == "Allow"]) == 2
    error_message = "SES may write for both rules."
  }
  assert {
    condition     = alltrue([for rule in aws_ses_receipt_rule.mail : rule.tls_policy == "Optional"])
    error_message = "Mail is taken unencrypted only where that is wished."
  }
}

run "first_in_an_existing_rule_set" {
  variables {
    mail_domain       = "support.example.com"
    ses_rule_set_name = "the-account-s"
    ses_after_rule    = ""
  }

  assert {
    condition     = aws_ses_receipt_rule.mark[0].after == null && aws_ses_receipt_rule.mail["default"].after == "triggeriq-dev.mark"
    error_message = "Ours come first where that is asked for."
  }
}
