# What the provider would tell, in a form that other resources accept.

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_data "aws_service_principal" {
  defaults = {
    region = "eu-central-1"
  }
}

mock_data "aws_availability_zones" {
  defaults = {
    names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  }
}

mock_data "aws_vpc" {
  defaults = {
    id                      = "vpc-0123456789abcdef0"
    cidr_block_associations = [{ association_id = "mocked", cidr_block = "10.0.0.0/16", state = "associated" }]
  }
}

mock_data "aws_subnet" {
  defaults = {
    id                = "subnet-0000000000000000a"
    vpc_id            = "vpc-0123456789abcdef0"
    availability_zone = "eu-central-1a"
    ipv6_cidr_block   = "2001:db8::/64"
  }
}

mock_resource "aws_vpc" {
  defaults = {
    ipv6_cidr_block = "2001:db8::/56"
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/mocked"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-central-1:123456789012:log-group:mocked"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:mocked"
    id  = "https://sqs.eu-central-1.amazonaws.com/123456789012/mocked"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/mocked"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:eu-central-1:123456789012:mocked"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::mocked"
  }
}

mock_resource "aws_dynamodb_table" {
  defaults = {
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"
  }
}

mock_resource "aws_cloudwatch_event_bus" {
  defaults = {
    arn = "arn:aws:events:eu-central-1:123456789012:event-bus/mocked"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = {
    arn = "arn:aws:events:eu-central-1:123456789012:rule/mocked"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:mocked"
    invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/mocked/invocations"
    version    = "1"
  }
}

mock_resource "aws_lambda_alias" {
  defaults = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:mocked:live"
    invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/mocked:live/invocations"
  }
}

mock_resource "aws_apigatewayv2_api" {
  defaults = {
    execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:mocked"
  }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = {
    arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:mocked"
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    address            = "mocked.eu-central-1.rds.amazonaws.com"
    port               = 5432
    resource_id        = "db-MOCKED"
    master_user_secret = [{ kms_key_id = "mocked", secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-mocked", secret_status = "active" }]
  }
}

mock_resource "aws_lambda_invocation" {
  defaults = {
    result = "{}"
  }
}

mock_resource "aws_ses_domain_dkim" {
  defaults = {
    dkim_tokens = ["one", "two", "three"]
  }
}
