# DynamoDB: receipts and events, claims, connections, API keys, imports, and what could not be read.

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:the key of the service is enough here: what is secret (connections) is sealed by the code with keys.secrets
  # DynamoDB encrypts every table, by a key of its own that costs nothing. server_side_encryption would name one in
  # KMS, whose requests are billed.
  for_each = local.resources.tables

  name                        = "${local.prefix}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.key[0]
  range_key                   = try(each.value.key[1], null)
  deletion_protection_enabled = local.deletion_protection

  dynamic "attribute" {
    for_each = toset(flatten([each.value.key, values(try(each.value.indexes, {}))[*].key]))
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = try(each.value.indexes, {})
    content {
      name = global_secondary_index.key
      # What an index includes is a list of attributes; without one, all.
      projection_type    = try(length(global_secondary_index.value.include), -1) < 0 ? "ALL" : length(global_secondary_index.value.include) > 0 ? "INCLUDE" : "KEYS_ONLY"
      non_key_attributes = try(length(global_secondary_index.value.include), 0) > 0 ? global_secondary_index.value.include : null
      # Deprecated in 6.x of the provider for a block that 5.100 does not know.
      hash_key  = global_secondary_index.value.key[0]
      range_key = try(global_secondary_index.value.key[1], null)
    }
  }

  dynamic "ttl" {
    for_each = each.value.ttl[*]
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }
}
