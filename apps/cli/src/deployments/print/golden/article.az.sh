az cognitiveservices account deployment create \
  --name myResourceName \
  --resource-group myResourceGroupName \
  --deployment-name MyModel \
  --model-name GPT-4 \
  --model-version 0613 \
  --model-format OpenAI \
  --sku-capacity 100 \
  --sku-name ProvisionedManaged
