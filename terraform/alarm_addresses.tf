# Where alarms are heard beside a mailbox (alarm_email): whatever takes SNS's posts, and a channel in Slack.

# Whoever knows such an address may often post to it, so that a plan names it by its digest.
resource "aws_sns_topic_subscription" "url" {
  for_each = nonsensitive(toset([for url in var.alarm_urls : sha256(url)]))

  topic_arn              = aws_sns_topic.alarms.arn
  protocol               = "https"
  endpoint               = one([for url in var.alarm_urls : url if sha256(url) == each.key])
  endpoint_auto_confirms = true
}

resource "aws_chatbot_slack_channel_configuration" "alarms" {
  count = var.alarm_slack == null ? 0 : 1

  configuration_name    = "${local.prefix}-alarms"
  slack_team_id         = var.alarm_slack.team_id
  slack_channel_id      = var.alarm_slack.channel_id
  sns_topic_arns        = [aws_sns_topic.alarms.arn]
  iam_role_arn          = aws_iam_role.slack[0].arn
  guardrail_policy_arns = ["arn:${local.partition}:iam::aws:policy/CloudWatchReadOnlyAccess"]
  logging_level         = "ERROR"
}

# With it Slack shows an alarm's graph, and whoever asks in the channel gets no further.
resource "aws_iam_role" "slack" {
  count = var.alarm_slack == null ? 0 : 1

  name                 = "${local.prefix}-slack"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "slack" {
  count = var.alarm_slack == null ? 0 : 1

  name = "show-alarms"
  role = aws_iam_role.slack[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = "arn:${local.partition}:cloudwatch:${local.arn_in_region}:alarm:${local.prefix}-*"
      },
      {
        # CloudWatch knows no resource for these two.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
        Effect   = "Allow"
        Action   = ["cloudwatch:GetMetricData", "cloudwatch:GetMetricWidgetImage"]
        Resource = "*"
      },
    ]
  })
}
