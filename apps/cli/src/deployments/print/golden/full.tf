terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.0"
    }
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  subscription_id = "00000000-0000-0000-0000-000000000000"
  features {}
}

data "azurerm_cognitive_account" "account" {
  name                = "myResourceName"
  resource_group_name = "myResourceGroupName"
}

resource "azurerm_cognitive_deployment" "deployment" {
  name                       = "MyModel"
  cognitive_account_id       = data.azurerm_cognitive_account.account.id
  rai_policy_name            = "Microsoft.DefaultV2"
  version_upgrade_option     = "OnceCurrentVersionExpired"
  dynamic_throttling_enabled = true

  model {
    format  = "OpenAI"
    name    = "GPT-4"
    version = "0613"
  }

  sku {
    name     = "ProvisionedManaged"
    capacity = 100
  }
}

# azurerm_cognitive_deployment has no argument for spillover.
resource "azapi_update_resource" "spillover" {
  type        = "Microsoft.CognitiveServices/accounts/deployments@2025-09-01"
  resource_id = azurerm_cognitive_deployment.deployment.id

  body = {
    properties = {
      spilloverDeploymentName = "overflow"
    }
  }
}
