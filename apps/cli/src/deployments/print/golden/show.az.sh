az cognitiveservices account deployment show \
  --name myResourceName \
  --resource-group myResourceGroupName \
  --deployment-name MyModel
