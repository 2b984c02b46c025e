curl --fail-with-body --request PUT \
  --url 'https://management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01' \
  --header "authorization: Bearer $(az account get-access-token --scope https://management.azure.com/.default --query accessToken --output tsv)" \
  --header 'content-type: application/json' \
  --data '{
  "sku": {
    "name": "ProvisionedManaged",
    "capacity": 100
  },
  "properties": {
    "model": {
      "format": "OpenAI",
      "name": "GPT-4",
      "version": "0613"
    },
    "raiPolicyName": "Microsoft.DefaultV2",
    "versionUpgradeOption": "OnceCurrentVersionExpired",
    "spilloverDeploymentName": "overflow",
    "dynamicThrottlingEnabled": true
  }
}'
