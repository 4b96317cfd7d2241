# What may be set. `terraform apply -var environment=dev` needs no other. A variable that is null by
# default follows the environment; what it follows to stands in its description.

variable "environment" {
  description = "Name of this deployment, in the names of all its resources. `prod` turns on what a production system wants."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,15}$", var.environment)) && !endswith(var.environment, "-")
    error_message = "environment is 1 to 16 of a-z, 0-9 and -, begins with a letter and does not end with -."
  }
  validation {
    condition     = var.environment != "local"
    error_message = "environment may not be `local`: on that stage the API key local-dev-key has every scope."
  }
}

variable "region" {
  description = "AWS region, such as eu-central-1. null: the one of the environment (AWS_REGION) or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the name of an AWS region, such as eu-central-1, or null."
  }
}

variable "package_dir" {
  description = "Folder of `make package`'s output, deployment.zip and chalice.tf.json; absolute, or relative to where terraform runs."
  type        = string
  default     = "../build"
  nullable    = false

  validation {
    condition     = fileexists("${var.package_dir}/deployment.zip") && fileexists("${var.package_dir}/chalice.tf.json")
    error_message = "package_dir is the folder that holds deployment.zip and chalice.tf.json; run `make package` first."
  }
}

# --- functions --------------------------------------------------------------------------------------

variable "lambda_memory_mb" {
  description = "Memory of the two routers, receive and api, in MB. null: what functions.json says (512)."
  type        = number
  default     = null

  validation {
    condition = var.lambda_memory_mb == null || try(
      var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240 && floor(var.lambda_memory_mb) == var.lambda_memory_mb, false
    )
    error_message = "lambda_memory_mb is a whole number of MB between 128 and 10240, or null."
  }
}

variable "lambda_timeout_seconds" {
  description = "Time-out of the two routers, in seconds. null: what functions.json says (29). The gateway gives up after 30."
  type        = number
  default     = null

  validation {
    condition = var.lambda_timeout_seconds == null || try(
      var.lambda_timeout_seconds >= 1 && var.lambda_timeout_seconds <= 29 && floor(var.lambda_timeout_seconds) == var.lambda_timeout_seconds, false
    )
    error_message = "lambda_timeout_seconds is a whole number of seconds between 1 and 29, or null; the gateway gives up after 30."
  }
}

variable "snapstart" {
  description = "Start the two routers from a snapshot (Lambda SnapStart; from Python 3.12 on). Billed for each published version that is kept."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.snapstart || !contains(["python3.9", "python3.10", "python3.11"], local.exported.api.runtime)
    error_message = "snapstart needs Python 3.12 or newer; build the package with such an interpreter: make package PYTHON=python3.13."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency reserved for a function, by its name in functions.json. None by default: a new account has only ten in all."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.reserved_concurrency) : contains(keys(local.functions), name)])
    error_message = "reserved_concurrency is by the functions' names: ${join(", ", keys(local.functions))}."
  }
  validation {
    condition     = alltrue([for value in values(var.reserved_concurrency) : value >= 0 && floor(value) == value])
    error_message = "reserved_concurrency is a whole number for each function; 0 stops it."
  }
}

variable "load_plugins" {
  description = "Names of the plugins to load. Empty: all that are in the package."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.load_plugins : can(regex("^[A-Za-z0-9_.-]{1,100}$", name))])
    error_message = "load_plugins is a list of plugins' names, each 1 to 100 of A-Z, a-z, 0-9, _, . and -."
  }
}

variable "log_retention_days" {
  description = "How long log lines are kept, in days; 0 is for ever. null: 365 in prod, 30 elsewhere."
  type        = number
  default     = null

  validation {
    condition = var.log_retention_days == null || try(contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    ), false)
    error_message = "log_retention_days is one that CloudWatch knows: 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, or null."
  }
}

# --- HTTP API ---------------------------------------------------------------------------------------

variable "throttle_rate" {
  description = "Requests a second that the API takes in the long run, over all routes; more are answered 429."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.throttle_rate >= 1 && var.throttle_rate <= 10000
    error_message = "throttle_rate is requests a second between 1 and 10000."
  }
}

variable "throttle_burst" {
  description = "Requests that the API takes at once, over all routes."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.throttle_burst >= 1 && var.throttle_burst <= 5000 && floor(var.throttle_burst) == var.throttle_burst
    error_message = "throttle_burst is a whole number of requests between 1 and 5000."
  }
}

variable "cors_origins" {
  description = "Origins from which a browser may call, such as https://desk.example.com. null: any in dev, none elsewhere."
  type        = list(string)
  default     = null

  validation {
    condition = var.cors_origins == null || try(length(var.cors_origins) > 0 && alltrue([
      for origin in var.cors_origins : can(regex("^(\\*|https?://[^\\s/,]+)$", origin))
    ]), false)
    error_message = "cors_origins is null or a list of at least one origin, such as https://desk.example.com (no path, no / at the end), or [\"*\"]."
  }
  validation {
    condition     = var.environment != "prod" || !contains(coalesce(var.cors_origins, []), "*")
    error_message = "cors_origins in prod is a list of origins, not `*`."
  }
}

variable "domain_name" {
  description = "Domain of the API, such as api.example.com; needs certificate_arn. null: only the address that AWS gives."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain_name))
    error_message = "domain_name is a domain in small letters, such as api.example.com, or null."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate for domain_name, issued, and in the API's region."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[^:]+:acm:[^:]+:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate in ACM (arn:aws:acm:region:account:certificate/id), or null."
  }
  validation {
    condition     = (var.certificate_arn == null) == (var.domain_name == null)
    error_message = "certificate_arn and domain_name are set together, or neither."
  }
}

variable "execute_api_endpoint" {
  description = "Whether the address that AWS gives answers too. Turn it off once every sender uses domain_name."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.execute_api_endpoint || var.domain_name != null
    error_message = "execute_api_endpoint may be false only with a domain_name: else nothing would answer."
  }
}
