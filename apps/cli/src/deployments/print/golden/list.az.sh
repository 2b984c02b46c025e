az cognitiveservices account deployment list \
  --name myResourceName \
  --resource-group myResourceGroupName \
  --subscription 00000000-0000-0000-0000-000000000000
