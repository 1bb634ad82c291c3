// How an installation goes on that ForceReboot has interrupted. Windows runs what stands under RunOnce when the machine has
// started again, `msiexec /@ "ID"`; that looks up the rest of its command line, which has no limit there, under the same name in
// RunOnceEntries. The name is the product code, packed. https://learn.microsoft.com/windows/win32/msi/forcereboot-action, …/afterreboot
import { packGuid } from '../../base/index.ts'
import type { Registry } from '../../platform/index.ts'
import { runOnceEntriesKey } from '../registration/keys.ts'
import { publishedContext } from '../registration/product-contexts.ts'
import type { InstallSession } from '../session/install-session.ts'
import { handOver } from './hand-over.ts'

const runOnceKey = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce'
/** Said by the continuing command line itself. */
const replaced = new Set(['ACTION', 'EXECUTEACTION', 'AFTERREBOOT', 'RESUME', 'RUNONCEENTRY'])

/** Two values, as operations: a rollback takes them back. */
export function recordContinuation(session: InstallSession): void {
  const { properties, product: { productCode } } = session
  const id = packGuid(productCode) ?? productCode
  const program = `${properties.get('WindowsFolder')}System32\\msiexec.exe`
  session.emit({ op: 'RegAddValue', key: runOnceKey, name: id, value: { type: 'REG_SZ', data: `${program} /@ "${id}"` }, mode: 'replace' })
  session.emit({ op: 'RegAddValue', key: runOnceEntriesKey, name: id, value: { type: 'REG_SZ', data: commandLine(session, id) }, mode: 'replace' })
}

/** The installation that goes on has reached its end. */
export function forgetContinuation(session: InstallSession): void {
  if (session.properties.get('AFTERREBOOT') !== '1') return
  const id = packGuid(session.product.productCode) ?? session.product.productCode
  const { registry } = session.platform
  for (const [key, pruneEmptyKeys] of [[runOnceKey, false], [runOnceEntriesKey, true]] as const) {
    if (registry.value(key, id) !== undefined) session.emit({ op: 'RegRemoveValue', key, name: id, pruneEmptyKeys })
  }
}

/** What `msiexec /@` goes on with; `undefined` when nothing of that name waits. */
export function continuationOf(registry: Registry, id: string): string | undefined {
  const value = registry.value(runOnceEntriesKey, id)
  return value?.type === 'REG_SZ' ? value.data : undefined
}

/** By product code once the product is registered, else by package; what the caller gave is given again, hidden values are not written down. */
function commandLine(session: InstallSession, id: string): string {
  const { platform: { registry, machine }, product: { productCode }, properties, installation: { settings: { uiLevel } } } = session
  const target = publishedContext(registry, machine, productCode) === undefined ? quoted(properties.get('OriginalDatabase')) : productCode
  const given = [...handOver(session, '')].filter(([name, value]) => !replaced.has(name) && value !== '' && properties.shown(name) === value)
  const switches = { none: ' /qn', basic: ' /qb', reduced: ' /qr', full: '' }[uiLevel]
  return `/I ${target} AFTERREBOOT=1 RUNONCEENTRY=${quoted(id)}${given.map(([name, value]) => ` ${name}=${quoted(value)}`).join('')}${switches}`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
