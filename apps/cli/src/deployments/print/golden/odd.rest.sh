curl --fail-with-body --request PUT \
  --url "https://management.azure.com/subscriptions/${AZURE_SUBSCRIPTION_ID:?is not set}/resourceGroups/it%27s%20%28a%29%20group%21/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01" \
  --header "authorization: Bearer $(az account get-access-token --scope https://management.azure.com/.default --query accessToken --output tsv)" \
  --header 'content-type: application/json' \
  --data '{
  "sku": {
    "name": "[concat('\''a'\'')]"
  },
  "properties": {
    "model": {
      "format": "OpenAI",
      "name": "a'\''b\"c\\d$(e)`f`${g}%{h}"
    },
    "raiPolicyName": "two\nlines\tand $HOME",
    "versionUpgradeOption": "OnceCurrentVersionExpired",
    "spilloverDeploymentName": "@file",
    "dynamicThrottlingEnabled": false
  }
}'
