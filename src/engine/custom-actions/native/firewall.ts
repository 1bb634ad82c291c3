// SchedFirewallExceptionsInstall and …Uninstall, the actions behind firewall:FirewallException: rules of the firewall, which its service
// reads from the registry when it starts. A rule is a text of fields, its id the name of the value. What a row asks beyond the fields
// below is told, not written. https://docs.firegiant.com/wix/schema/firewall/firewallexception
// [MS-GPFAS] 2.2.2.19: https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
import { foldCase, guidFromBytes } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { rowsOf, turnOf } from './components.ts'
import { scheduling, type NativeAction } from './native-action.ts'

const policyKey = 'HKLM\\System\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy'
const rulesKey = `${policyKey}\\FirewallRules`
const tables = ['WixFirewallException', 'Wix4FirewallException', 'Wix5FirewallException']
/** NET_FW_PROFILE_TYPE2 */
const profiles = [[1, 'Domain'], [2, 'Private'], [4, 'Public']] as const
const allProfiles = 7
const Protocol = { tcp: 6, any: 256 } as const
const outbound = 2
/** Of version 5: fields whose form in a rule is not documented well enough to write them. */
const otherColumns = [
  'IcmpTypesAndCodes', 'Interface', 'Interfaces', 'InterfaceTypes', 'LocalAddresses', 'RemotePort', 'LocalAppPackageId', 'LocalUserAuthorizedList', 'LocalUserOwner',
  'RemoteMachineAuthorizedList', 'RemoteUserAuthorizedList', 'SecureFlags', 'EdgeTraversal', 'Grouping',
]

type Field = readonly [name: string, value: string]

interface Rule {
  readonly name: string
  readonly fields: readonly Field[]
}

export function firewall(turn: 'install' | 'remove'): NativeAction {
  return scheduling('partly', (session, { action }) => {
    for (const row of rowsOf(session, tables)) {
      if (turnOf(session, row) !== turn) continue
      const rule = session.platform.registry.keyExists(policyKey) ? ruleOf(session, row) : 'the root has no firewall'
      if (typeof rule === 'string') session.messages.log(`${action}: Windows would ${described(session, row, turn)}; it is not done: ${rule}`)
      else if (turn === 'install') addRule(session, row, rule)
      else removeRule(session, rule)
    }
  })
}

function described(session: InstallSession, row: Row, turn: 'install' | 'remove'): string {
  const [program, port, name] = ['Program', 'Port', 'Name'].map((column) => textOf(session, row, column))
  const what = [program, port && `port ${port}`].filter((one) => one !== '').join(', ') || name
  return `${turn === 'install' ? 'let' : 'no longer let'} ${what} through the firewall as ${name}`
}

function textOf(session: InstallSession, row: Row, column: string): string {
  return row.table.columnNumber(column) === undefined ? '' : session.format(row.text(column))
}

/** Versions 3 and 4 have numbers, version 5 formatted texts. */
function numberOf(session: InstallSession, row: Row, column: string): number | undefined {
  const text = textOf(session, row, column).trim()
  const number = Number(text)
  return text === '' || number === -0x8000_0000 ? undefined : number
}

/** @returns why there is no writing it, else the rule. */
function ruleOf(session: InstallSession, row: Row): Rule | string {
  const number = (column: string, otherwise: number): number => numberOf(session, row, column) ?? otherwise
  const [name, program, port] = ['Name', 'Program', 'Port'].map((column) => textOf(session, row, column)) as [string, string, string]
  const other = otherColumns.find((column) => !['', '0', '-2147483648'].includes(textOf(session, row, column).trim()))
  if (other !== undefined) return `only a running Windows can, for ${other}`
  const ports = portFields(port)
  const addresses = addressFields(textOf(session, row, 'RemoteAddresses'))
  const protocol = number('Protocol', port === '' || port === '*' ? Protocol.any : Protocol.tcp)
  const profile = number('Profile', allProfiles)
  if (ports === undefined) return `only a running Windows can, for the port ${port}`
  if (addresses === undefined) return 'only a running Windows can, for its remote addresses'
  if (![protocol, profile, number('Direction', 1), number('Action', 1), number('Enabled', 1)].every(Number.isInteger)) return 'its numbers are none'
  const fields: readonly Field[] = [
    ['Action', number('Action', 1) === 0 ? 'Block' : 'Allow'], ['Active', number('Enabled', 1) === 0 ? 'FALSE' : 'TRUE'], ['Dir', number('Direction', 1) === outbound ? 'Out' : 'In'],
    ...(protocol === Protocol.any ? [] : [['Protocol', String(protocol)] as const]),
    ...((profile & allProfiles) === allProfiles ? [] : profiles.filter(([bit]) => (profile & bit) !== 0).map(([, text]) => ['Profile', text] as const)),
    ...ports, ...addresses,
    ...([['App', program], ['Svc', textOf(session, row, 'ServiceName')], ['Name', name], ['Desc', textOf(session, row, 'Description')]] as const).filter(([, value]) => value !== ''),
  ]
  return fields.some(([, value]) => /[|\0]/.test(value)) ? 'a field of a rule cannot have |' : { name, fields }
}

/** `80,443,5000-5010`; a range is a field that came with version 2.10 of the rules. */
function portFields(port: string): readonly Field[] | undefined {
  if (port === '' || port === '*') return []
  const parts = port.split(',').map((part) => part.trim())
  if (!parts.every((part) => /^\d{1,5}(-\d{1,5})?$/.test(part))) return undefined
  return parts.map((part) => [part.includes('-') ? 'LPort2_10' : 'LPort', part])
}

function addressFields(addresses: string): readonly Field[] | undefined {
  if (addresses === '' || addresses === '*') return []
  return foldCase(addresses) === foldCase('LocalSubnet') ? [['RA4', 'LocalSubnet'], ['RA6', 'LocalSubnet']] : undefined
}

/** A rule that is there already, by its name, is turned on: it may be the administrator's. */
function addRule(session: InstallSession, row: Row, { name, fields }: Rule): void {
  const [present] = rulesNamed(session, name)
  if (present !== undefined && !/\|Active=FALSE\|/i.test(present.text)) return
  const [id, text] = present === undefined ? [idOf(session, row), `v2.10|${fields.map(([field, value]) => `${field}=${value}|`).join('')}`] : [present.id, present.text.replace(/\|Active=FALSE\|/i, '|Active=TRUE|')]
  session.emit({ op: 'RegAddValue', key: rulesKey, name: id, value: { type: 'REG_SZ', data: text }, mode: 'replace' })
}

/** Of the rules with its name those that let through the same: others are somebody else's. */
function removeRule(session: InstallSession, { name, fields }: Rule): void {
  const wanted = matter(fields)
  for (const { id, text } of rulesNamed(session, name)) {
    if (matter(fieldsOf(text)) === wanted) session.emit({ op: 'RegRemoveValue', key: rulesKey, name: id, pruneEmptyKeys: false })
  }
}

const identifying = new Set(['Action', 'Dir', 'Protocol', 'LPort', 'LPort2_10', 'App'])

function matter(fields: readonly Field[]): string {
  return fields.filter(([field]) => identifying.has(field)).map(([field, text]) => foldCase(`${field}=${text}`)).sort().join('|')
}

function fieldsOf(text: string): Field[] {
  return text.split('|').slice(1).map((field) => [field.slice(0, Math.max(0, field.indexOf('='))), field.slice(field.indexOf('=') + 1)])
}

function rulesNamed({ platform: { registry } }: InstallSession, name: string): { readonly id: string; readonly text: string }[] {
  const rules = registry.keyExists(rulesKey) ? registry.valueNames(rulesKey) : []
  return rules.flatMap((id) => {
    const value = registry.value(rulesKey, id)
    return value?.type === 'REG_SZ' && fieldsOf(value.data).some(([field, text]) => field === 'Name' && text === name) ? [{ id, text: value.data }] : []
  })
}

/** As the service names its own; the same for the same row of the same product. */
function idOf({ platform: { hashes }, product }: InstallSession, row: Row): string {
  const hash = hashes.md5()
  hash.update(new TextEncoder().encode(`${product.productCode}|${row.table.name}|${row.text(row.table.columns[0]!.name)}`))
  return guidFromBytes(hash.digest(), 0)
}
