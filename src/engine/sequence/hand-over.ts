// What the client gives the server at ExecuteAction: public properties, filtered for users who may not set all of them,
// and the features chosen. Private properties stay behind.
// https://learn.microsoft.com/windows/win32/msi/restricted-public-properties
import { InstallState } from '../session/features/states.ts'
import type { InstallSession } from '../session/install-session.ts'
import { isPublicProperty, listItems } from '../session/properties/property-store.ts'

const restricted = new Set([
  'ACTION', 'AFTERREBOOT', 'ALLUSERS', 'EXECUTEACTION', 'EXECUTEMODE', 'FILEADDDEFAULT', 'FILEADDLOCAL', 'FILEADDSOURCE', 'INSTALLLEVEL', 'LIMITUI',
  'LOGACTION', 'NOCOMPANYNAME', 'NOUSERNAME', 'MSIENFORCEUPGRADECOMPONENTRULES', 'MSIINSTANCEGUID', 'MSINEWINSTANCE', 'MSIPATCHREMOVE', 'PATCH',
  'PRIMARYFOLDER', 'PROMPTROLLBACKCOST', 'REBOOT', 'REINSTALL', 'REINSTALLMODE', 'RESUME', 'SEQUENCE', 'SHORTFILENAMES', 'TRANSFORMS', 'TRANSFORMSATSOURCE',
  // Not on the documented list, but selections do travel: they are parameters of the call.
  'ADDLOCAL', 'REMOVE', 'ADDSOURCE', 'ADDDEFAULT', 'ADVERTISE', 'UPGRADINGPRODUCTCODE',
])
/** The server finds these out by itself. */
const own = new Set(['CLIENTUILEVEL', 'CLIENTPROCESSID', 'DATABASE', 'SOURCEDIR'])

export function handOver(client: InstallSession, action: string): Map<string, string> {
  const { properties } = client
  const filters = isFiltered(client)
  if (filters) properties.set('RestrictedUserControl', '1')
  const secure = new Set(listItems(properties.get('SecureCustomProperties')))
  const settings = new Map<string, string>()
  for (const [name, value] of properties.entries()) {
    if (!isPublicProperty(name) || own.has(name) || (filters && !restricted.has(name) && !secure.has(name))) continue
    if (client.parts.package.properties.get(name) !== value) settings.set(name, value)
  }
  // What the Property table has and the user interface took away.
  for (const name of client.parts.package.properties.keys()) if (isPublicProperty(name) && !properties.has(name) && !filters) settings.set(name, '')
  settings.set('EXECUTEACTION', action)
  if (client.costing === 'finalized' && properties.get('Preselected') !== '1') addSelection(client, settings)
  return settings
}

function isFiltered(client: InstallSession): boolean {
  const { policies } = client.parts
  const elevated = policies.alwaysInstallElevated || client.context.perMachine
  return !client.platform.machine.user.isAdministrator && elevated && !policies.enableUserControl && client.properties.get('EnableUserControl') !== '1'
}

/** The states that the client's features were given, as list properties. */
function addSelection(client: InstallSession, settings: Map<string, string>): void {
  const lists = new Map<string, string[]>()
  for (const { name, request, action } of client.features.values()) {
    if (action === InstallState.unknown) continue
    const list = request === InstallState.local ? 'ADDLOCAL' : request === InstallState.source ? 'ADDSOURCE'
      : request === InstallState.advertised ? 'ADVERTISE' : request === InstallState.absent ? 'REMOVE' : undefined
    if (list !== undefined) lists.set(list, [...lists.get(list) ?? [], name])
  }
  for (const [list, names] of lists) settings.set(list, names.join(','))
}
