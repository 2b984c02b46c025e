resource account 'Microsoft.CognitiveServices/accounts@2025-09-01' existing = {
  name: 'myResourceName'
}

resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'MyModel'
  sku: {
    name: 'ProvisionedManaged'
    capacity: 100
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: 'GPT-4'
      version: '0613'
    }
    raiPolicyName: 'Microsoft.DefaultV2'
    versionUpgradeOption: 'OnceCurrentVersionExpired'
    spilloverDeploymentName: 'overflow'
    #disable-next-line BCP073
    dynamicThrottlingEnabled: true
  }
}
