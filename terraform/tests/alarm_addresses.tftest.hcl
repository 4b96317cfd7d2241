# Where alarms are heard beside a mailbox.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "nowhere_by_default" {
  command = plan

  assert {
    condition     = length(aws_sns_topic_subscription.url) + length(aws_chatbot_slack_channel_configuration.alarms) + length(aws_iam_role.slack) == 0
    error_message = "Without an address there is the topic alone."
  }
}

run "by_https_and_in_slack" {
  variables {
    alarm_urls  = ["https://events.pagerduty.com/integration/1/enqueue", "https://example.com/alarms"]
    alarm_slack = { team_id = "T0123ABCD", channel_id = "C0123ABCD" }
  }

  assert {
    condition = (
      toset([for subscription in aws_sns_topic_subscription.url : nonsensitive(subscription.endpoint)]) == toset(["https://events.pagerduty.com/integration/1/enqueue", "https://example.com/alarms"]) &&
      alltrue([for subscription in aws_sns_topic_subscription.url : subscription.protocol == "https" && subscription.topic_arn == aws_sns_topic.alarms.arn])
    )
    error_message = "Every address is subscribed."
  }
  assert {
    condition     = alltrue([for name, subscription in aws_sns_topic_subscription.url : issensitive(subscription.endpoint) && !strcontains(name, "pagerduty")])
    error_message = "A plan, which GitHub shows, holds no address that anybody could post to."
  }
  assert {
    condition = (
      tolist(aws_chatbot_slack_channel_configuration.alarms[0].sns_topic_arns) == tolist([aws_sns_topic.alarms.arn]) &&
      aws_chatbot_slack_channel_configuration.alarms[0].slack_team_id == "T0123ABCD" && aws_chatbot_slack_channel_configuration.alarms[0].slack_channel_id == "C0123ABCD"
    )
    error_message = "The channel hears the topic."
  }
  assert {
    condition = (
      jsondecode(aws_iam_role.slack[0].assume_role_policy).Statement[0].Principal.Service == "chatbot.amazonaws.com" &&
      alltrue([
        for action in flatten(jsondecode(aws_iam_role_policy.slack[0].policy).Statement[*].Action) : startswith(action, "cloudwatch:Describe") || startswith(action, "cloudwatch:Get")
      ]) &&
      tolist(aws_chatbot_slack_channel_configuration.alarms[0].guardrail_policy_arns) == tolist(["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"])
    )
    error_message = "From the channel alarms are looked at, and nothing else is done."
  }
}
