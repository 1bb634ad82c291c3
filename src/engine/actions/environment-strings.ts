// WriteEnvironmentStrings and RemoveEnvironmentStrings: the Environment table.
// https://learn.microsoft.com/windows/win32/msi/environment-table
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, isBeingRemoved } from '../session/features/components.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'

const machineKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
const userKey = 'HKCU\\Environment'

interface EnvironmentChange {
  readonly key: string
  readonly name: string
  readonly set: boolean
  readonly create: boolean
  readonly removeOnInstall: boolean
  readonly removeOnUninstall: boolean
  readonly value: string
  readonly part: 'whole' | 'append' | 'prepend'
  readonly separator: string
  /** Flags of ActionData field 3. */
  readonly flags: number
}

export const writeEnvironmentStrings: StandardAction = (session) => {
  for (const row of session.rows('Environment')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingInstalled(component)) continue
    const change = parseRow(session, row)
    if (change.part !== 'whole' && change.value === '') continue
    const { key, name, value, part, separator } = change
    const action = installAction(change)
    if (action === undefined) continue
    session.emit({ op: 'UpdateEnvironmentStrings', key, name, value, action, part, separator }, { data: { 1: name, 2: value, 3: change.flags } })
  }
}

export const removeEnvironmentStrings: StandardAction = (session) => {
  for (const row of session.rows('Environment')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !isBeingRemoved(component)) continue
    const change = parseRow(session, row)
    if (!change.removeOnUninstall || (change.part !== 'whole' && change.value === '')) continue
    const { key, name, value, part, separator } = change
    // A whole value that somebody changed since is theirs: it stays.
    session.emit({
      op: 'UpdateEnvironmentStrings', key, name, value, action: part === 'whole' && value === '' ? 'remove' : 'remove-if-equal', part, separator,
    }, { data: { 1: name, 2: value, 3: change.flags } })
  }
}

function installAction(change: EnvironmentChange): 'set' | 'set-if-absent' | 'remove' | 'remove-if-equal' | undefined {
  if (change.removeOnInstall) return change.value === '' ? 'remove' : 'remove-if-equal'
  if (change.set) return change.value === '' ? 'remove' : 'set'
  // A part is added to what is there already: only a whole value needs the variable to be absent.
  if (change.create) return change.value === '' ? undefined : change.part === 'whole' ? 'set-if-absent' : 'set'
  return undefined
}

/** `[~]` at an end of Value marks where the existing text goes; the character next to it separates. */
function parseRow(session: Session, row: Row): EnvironmentChange {
  const [, prefix, name] = /^([=+\-!*]*)(.*)$/s.exec(row.text('Name'))!
  const has = (flag: string): boolean => prefix!.includes(flag)
  if (Number(has('=')) + Number(has('+')) + Number(has('!')) > 1) throw new InstallError(2730, ['Environment', row.text('Environment'), 'Name'])
  const implicit = prefix!.replaceAll('*', '') === ''
  // `-` goes with any prefix: alone it goes with that of a bare name, but takes away at removal only what is blank.
  const bare = !/[=+!]/.test(prefix!)
  const text = session.format(row.text('Value'))
  const whole = { value: text.replaceAll('\0', ''), part: 'whole' as const, separator: '' }
  const placed = text.startsWith('\0') ? { value: text.slice(2), part: 'append' as const, separator: text.slice(1, 2) }
    : text.endsWith('\0') ? { value: text.slice(0, -2), part: 'prepend' as const, separator: text.slice(-2, -1) }
      : whole
  return {
    key: has('*') ? machineKey : userKey, name: session.format(name!),
    set: has('=') || bare && (implicit || text !== ''), create: has('+'), removeOnInstall: has('!'), removeOnUninstall: implicit || has('-'),
    ...placed,
    flags: (has('*') ? 0x20000000 : 0) + (placed.part === 'append' ? 0x40000000 : placed.part === 'prepend' ? 0x80000000 : 0)
      + (bare || has('=') ? 1 : 0) + (has('+') ? 2 : 0) + (has('!') ? 4 : 0),
  }
}
