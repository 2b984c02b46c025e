resource account 'Microsoft.CognitiveServices/accounts@2025-09-01' existing = {
  name: 'myResourceName'
}

resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'MyModel'
  sku: {
    name: '[concat(\'a\')]'
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: 'a\'b"c\\d$(e)`f`\${g}%{h}'
    }
    raiPolicyName: 'two\nlines\tand $HOME'
    versionUpgradeOption: 'OnceCurrentVersionExpired'
    spilloverDeploymentName: '@file'
    #disable-next-line BCP073
    dynamicThrottlingEnabled: false
  }
}
