az cognitiveservices account deployment delete \
  --name myResourceName \
  --resource-group myResourceGroupName \
  --deployment-name MyModel
