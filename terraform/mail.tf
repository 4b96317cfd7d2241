# Mail: SES takes what comes for mail_domain and puts each mail into uploads, under emails/<connection>/.
#
# An account has one active rule set a region. Where there is one already, name it in ses_rule_set_name:
# our rules are added to it, and it is left active as it is. Receiving exists in some regions only:
# https://docs.aws.amazon.com/ses/latest/dg/regions.html#region-receive-email
#
# SES asks all rules of the set in their order, and a mail to an address matches that address's rule and the
# domain's. So each of ours ends in a stop, and the order is
#
#   … ses_after_rule │ addresses │ the mark │ the domain │ …
#
# SES puts a new rule directly behind the one that it names, or first. Rules of addresses all name the same one, so
# they come before the mark, whenever they are made; the domain's names the mark.

locals {
  mail_on     = var.mail_domain != null
  mail_routes = !local.mail_on ? {} : length(var.mail_recipients) > 0 ? var.mail_recipients : { default = [var.mail_domain] }

  own_rule_set  = local.mail_on && var.ses_rule_set_name == null
  rule_set_name = coalesce(var.ses_rule_set_name, local.prefix)
  after_rule    = try(coalesce(var.ses_after_rule), null) # "" too is none

  mail_may_come_in = [
    for connection, _ in local.mail_routes : {
      Effect    = "Allow"
      Principal = { Service = "ses.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.this["uploads"].arn}/emails/${connection}/*"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = local.account_id
          "aws:SourceArn"     = "arn:${local.partition}:ses:${local.arn_in_region}:receipt-rule-set/${local.rule_set_name}:receipt-rule/${local.prefix}-${connection}"
        }
      }
    }
  ]

  # What the domain's owner enters in its DNS
  mail_records = !local.mail_on ? [] : concat(
    [
      { name = var.mail_domain, type = "MX", value = "10 inbound-smtp.${local.region}.amazonaws.com" },
      { name = "_amazonses.${var.mail_domain}", type = "TXT", value = aws_ses_domain_identity.mail[0].verification_token },
    ],
    [
      for token in aws_ses_domain_dkim.mail[0].dkim_tokens :
      { name = "${token}._domainkey.${var.mail_domain}", type = "CNAME", value = "${token}.dkim.amazonses.com" }
    ],
  )
}

resource "aws_ses_domain_identity" "mail" {
  count = local.mail_on ? 1 : 0

  domain = var.mail_domain
}

resource "aws_ses_domain_dkim" "mail" {
  count = local.mail_on ? 1 : 0

  domain = aws_ses_domain_identity.mail[0].domain
}

resource "aws_ses_receipt_rule_set" "mail" {
  count = local.own_rule_set ? 1 : 0

  rule_set_name = local.rule_set_name
}

resource "aws_ses_active_receipt_rule_set" "mail" {
  count = local.own_rule_set ? 1 : 0

  rule_set_name = aws_ses_receipt_rule_set.mail[0].rule_set_name
}

resource "aws_ses_receipt_rule" "mark" {
  count = local.mail_on ? 1 : 0

  name          = "${local.prefix}.mark" # no connection's name holds a dot
  rule_set_name = local.own_rule_set ? aws_ses_receipt_rule_set.mail[0].rule_set_name : local.rule_set_name
  after         = local.after_rule
  recipients    = [var.mail_domain]
  enabled       = false # it does nothing but stand there
}

resource "aws_ses_receipt_rule" "mail" {
  for_each = local.mail_routes

  name          = "${local.prefix}-${each.key}"
  rule_set_name = aws_ses_receipt_rule.mark[0].rule_set_name
  after         = contains(each.value, var.mail_domain) ? aws_ses_receipt_rule.mark[0].name : local.after_rule
  recipients    = each.value
  enabled       = true
  scan_enabled  = true # spam and virus verdicts, which the source inbound_email keeps
  tls_policy    = var.mail_requires_tls ? "Require" : "Optional"

  s3_action {
    position          = 1
    bucket_name       = aws_s3_bucket.this["uploads"].id
    object_key_prefix = "emails/${each.key}/"
  }

  stop_action {
    position = 2
    scope    = "RuleSet"
  }

  depends_on = [aws_s3_bucket_policy.this] # SES tries at once whether it may write

  lifecycle {
    replace_triggered_by = [aws_ses_receipt_rule.mark] # which has moved, or is another

    precondition {
      condition     = length("${local.prefix}-${each.key}") <= 64
      error_message = "SES takes names of rules up to 64 characters: shorten the connection ${each.key}."
    }
  }
}
