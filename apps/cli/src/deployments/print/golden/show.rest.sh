curl --fail-with-body --request GET \
  --url "https://management.azure.com/subscriptions/${AZURE_SUBSCRIPTION_ID:?is not set}/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01" \
  --header "authorization: Bearer $(az account get-access-token --scope https://management.azure.com/.default --query accessToken --output tsv)"
