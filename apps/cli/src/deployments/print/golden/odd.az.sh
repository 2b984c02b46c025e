# az cognitiveservices account deployment create has no argument for the model's default version, a content filter, the version upgrade, dynamic quota; az rest sends the whole.
az rest \
  --method put \
  --uri '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/it%27s%20%28a%29%20group%21/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01' \
  --body '{
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
