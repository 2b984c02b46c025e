curl --fail-with-body --request DELETE \
  --url 'https://management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroupName/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01' \
  --header "authorization: Bearer $(az account get-access-token --scope https://management.azure.com/.default --query accessToken --output tsv)"
