# az cognitiveservices account deployment create has no argument for a content filter, the version upgrade, dynamic quota; az rest sends the whole.
az rest \
  --method put \
  --uri '/subscriptions/{subscriptionId}/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01' \
  --body '{
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
