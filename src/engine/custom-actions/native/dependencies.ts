// WixDependencyRequire and WixDependencyCheck: which products need which others, by provider keys of the registry. What a product
// provides and needs is in its Registry table too, written as all rows are; here stands only what is looked at before.
// https://docs.firegiant.com/wix3/xsd/dependency/provides, …/requires. Deliberately as in silent installations of Windows where nobody
// answers: what is missing ends the installation (1603), a product that others need stays, and the call has succeeded.
import { compareFileVersions, foldCase, parseFileVersion } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import type { Registry } from '../../../platform/index.ts'
import { isBeingInstalled, isBeingRemoved, type Component } from '../../session/features/components.ts'
import { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { MessageAnswer, MessageType } from '../../session/messages/messages.ts'
import { rowsOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

/** Rows of the Error table that the extension brings. */
const missingDependencies = 26451
const hasDependents = 26452
/** WixDependency.Attributes: the bounds belong to the range. */
const minInclusive = 0x100
const maxInclusive = 0x200

interface Product {
  readonly key: string
  /** `''` when it is not recorded. */
  readonly name: string
}

/** Before an installation: the others have to be there, in versions between the bounds. */
export async function requireDependencies(session: InstallSession, call: NativeCall): Promise<ActionStatus> {
  const providers = new Map(rowsOf(session, ['WixDependencyProvider', 'Wix4DependencyProvider']).map((row) => [idOf(row), row]))
  const dependencies = new Map(rowsOf(session, ['WixDependency', 'Wix4Dependency']).map((row) => [idOf(row), row]))
  const missing = new Map<string, Product>()
  for (const ref of rowsOf(session, ['WixDependencyRef', 'Wix4DependencyRef'])) {
    const [provider, dependency] = ref.cells().map(String)
    const component = componentOf(session, providers.get(provider ?? ''))
    const row = dependencies.get(dependency ?? '')
    if (row === undefined || component === undefined || !isBeingInstalled(component)) continue
    const key = row.text('ProviderKey')
    if (!isProvided(session, row, key)) missing.set(foldCase(key), { key, name: nameOf(session, key) })
  }
  for (const { key } of missing.values()) session.messages.log(`${call.action}: ${key} is missing, or of another version`)
  return missing.size === 0 ? ActionStatus.success : ask(session, missingDependencies, [...missing.values()], { no: ActionStatus.userExit, nobody: ActionStatus.failure })
}

/** Before a removal: nobody may need it any more, but for those that IGNOREDEPENDENCIES names. */
export async function checkDependents(session: InstallSession, call: NativeCall): Promise<ActionStatus> {
  const ignored = new Set(session.properties.get('IGNOREDEPENDENCIES').split(';').map((one) => foldCase(one)))
  if (ignored.has('ALL')) return ActionStatus.success
  const found: Product[] = []
  for (const row of rowsOf(session, ['WixDependencyProvider', 'Wix4DependencyProvider'])) {
    const component = componentOf(session, row)
    if (component === undefined || !isBeingRemoved(component)) continue
    const dependents = session.platform.registry.subkeys(`${keyOf(session, row.text('ProviderKey'))}\\Dependents`).filter((key) => !ignored.has(foldCase(key)))
    found.push(...dependents.map((key) => ({ key, name: nameOf(session, key) })))
  }
  for (const { key, name } of found) session.messages.log(`${call.action}: ${name || key} needs the product`)
  return found.length === 0 ? ActionStatus.success : ask(session, hasDependents, found, { no: ActionStatus.finished, nobody: ActionStatus.finished })
}

interface Answers {
  readonly no: ActionStatus
  /** No user interface that knows the question. */
  readonly nobody: ActionStatus
}

/** Number, count, then key and name of each: what programs that show the installation look for. */
async function ask(session: InstallSession, number: number, products: readonly Product[], { no, nobody }: Answers): Promise<ActionStatus> {
  const { messages } = session
  const record = [messages.template(number), number, products.length, ...products.flatMap(({ key, name }) => [key, name])]
  const answer = await messages.send(MessageType.user, record, { buttons: 'yes-no', defaultButton: 2 })
  if (messages.channel.handler === undefined) return nobody
  if (answer === MessageAnswer.yes) return ActionStatus.success
  if (answer === MessageAnswer.no) return no
  return answer === MessageAnswer.cancel ? ActionStatus.failure : nobody
}

/** The first column, which versions of WiX call differently. */
function idOf(row: Row): string {
  return String(row.cells()[0])
}

function componentOf({ components }: InstallSession, row: Row | undefined): Component | undefined {
  return components.get(row?.text('Component_') ?? '')
}

function isProvided(session: InstallSession, row: Row, key: string): boolean {
  const { registry } = session.platform
  const found = parseFileVersion(textOf(registry, keyOf(session, key), 'Version').replace(/^v/i, ''))
  if (found === undefined) return false
  const attributes = row.integer('Attributes') ?? 0
  const [least, most] = [parseFileVersion(row.text('MinVersion')), parseFileVersion(row.text('MaxVersion'))]
  const above = least === undefined ? 1 : compareFileVersions(found, least)
  const below = most === undefined ? 1 : compareFileVersions(most, found)
  return (above > 0 || (above === 0 && (attributes & minInclusive) !== 0)) && (below > 0 || (below === 0 && (attributes & maxInclusive) !== 0))
}

/** Of the machine or the user, as the product is; both kinds of programs share it. */
function keyOf({ context }: InstallSession, providerKey: string): string {
  return `${context.perMachine ? 'HKLM' : 'HKCU'}\\Software\\Classes\\Installer\\Dependencies\\${providerKey}`
}

function nameOf(session: InstallSession, providerKey: string): string {
  return textOf(session.platform.registry, keyOf(session, providerKey), 'DisplayName')
}

function textOf(registry: Registry, key: string, name: string): string {
  const value = registry.value(key, name)
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
}
