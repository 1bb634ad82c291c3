// Where Windows keeps what it knows of installed products.
// Layout: registry keys written by PublishProduct, RegisterProduct and ProcessComponents; always in the 64-bit view.

export const installerKey = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer'

/** System policies of the machine. */
export const machinePolicyKey = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'

/** How installations go on that wait for a restart, by packed product code. */
export const runOnceEntriesKey = `${installerKey}\\RunOnceEntries`

/** What is published for one user by an administrator, as group policy does. */
export function managedPublishRoot(sid: string): string {
  return `${installerKey}\\Managed\\${sid}\\Installer`
}

/** Value with the cached file of a product or patch: of those that an administrator assigned to a user it has another name. */
export function localPackageName(publishRoot: string): 'LocalPackage' | 'ManagedLocalPackage' {
  return publishRoot.startsWith(`${installerKey}\\Managed\\`) ? 'ManagedLocalPackage' : 'LocalPackage'
}

/** Advertising information of one product, below the context's publish root. */
export function productKey(publishRoot: string, packedProduct: string): string {
  return `${publishRoot}\\Products\\${packedProduct}`
}

export function featuresKey(publishRoot: string, packedProduct: string): string {
  return `${publishRoot}\\Features\\${packedProduct}`
}

export function upgradeCodeKey(publishRoot: string, packedUpgradeCode: string): string {
  return `${publishRoot}\\UpgradeCodes\\${packedUpgradeCode}`
}

export function machineUpgradeCodeKey(packedUpgradeCode: string): string {
  return `${installerKey}\\UpgradeCodes\\${packedUpgradeCode}`
}

/** Qualified components by category. */
export function publishedComponentKey(publishRoot: string, packedCategory: string): string {
  return `${publishRoot}\\Components\\${packedCategory}`
}

/** What is recorded of products and components, by user. */
export const userDataKey = `${installerKey}\\UserData`

export function userDataProductsKey(sid: string): string {
  return `${installerKey}\\UserData\\${sid}\\Products`
}

export function userDataProductKey(sid: string, packedProduct: string): string {
  return `${userDataProductsKey(sid)}\\${packedProduct}`
}

export function installPropertiesKey(sid: string, packedProduct: string): string {
  return `${userDataProductKey(sid, packedProduct)}\\InstallProperties`
}

export function userDataFeaturesKey(sid: string, packedProduct: string): string {
  return `${userDataProductKey(sid, packedProduct)}\\Features`
}

export function componentKey(sid: string, packedComponent: string): string {
  return `${installerKey}\\UserData\\${sid}\\Components\\${packedComponent}`
}

/** Value name of the client that keeps a permanent component. */
export const permanentClient = '0'.repeat(32)

/** Whose user data the products of the machine are. */
export const localSystemSid = 'S-1-5-18'
