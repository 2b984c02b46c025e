curl --fail-with-body --request PUT \
  --url 'http://127.0.0.1:9000/subscriptions/simulated/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01' \
  --header "api-key: $SPILLWAY_ADMIN_KEY" \
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
    }
  }
}'
