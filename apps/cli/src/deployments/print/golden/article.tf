terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

data "azurerm_cognitive_account" "account" {
  name                = "myResourceName"
  resource_group_name = "myResourceGroupName"
}

resource "azurerm_cognitive_deployment" "deployment" {
  name                 = "MyModel"
  cognitive_account_id = data.azurerm_cognitive_account.account.id

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
