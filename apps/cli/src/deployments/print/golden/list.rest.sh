curl --fail-with-body --request GET \
  --url 'http://127.0.0.1:9000/subscriptions/simulated/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments?api-version=2025-09-01' \
  --header "api-key: $SPILLWAY_ADMIN_KEY"
