// Actions of WiX that need a running Windows for all that they do: accounts, shares, counters, events, native images.
// They are done by telling, row by row, what Windows would do; what a later start can do is in the guide on custom actions.
import type { Row } from '../../../database/index.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { rowsOf, turnOf } from './components.ts'
import type { NativeAction } from './native-action.ts'

interface Telling {
  readonly tables: readonly string[]
  readonly turn: 'install' | 'remove' | 'both'
  /** What Windows would do, without who does it: `make the account X`. */
  readonly would: (row: Row, format: (column: string) => string, turn: 'install' | 'remove') => string
  readonly why: string
  /** A command line that does it when the root has started. */
  readonly later?: (row: Row, session: InstallSession, turn: 'install' | 'remove') => string | undefined
}

export function told({ tables, turn, would, why, later }: Telling): NativeAction {
  const run: NativeAction['run'] = (session, { action }) => {
    for (const row of rowsOf(session, tables)) {
      // Without a component a row only names what is there.
      const now = concerned(session, row)
      if (now === undefined || (turn !== 'both' && turn !== now)) continue
      const commandLine = now === 'install' ? later?.(row, session, now) : undefined
      if (commandLine !== undefined && session.inTransaction && session.atFirstBoot(action, commandLine)) {
        session.messages.log(`${action}: ${commandLine} waits for the first start of the root`)
        continue
      }
      session.messages.log(`${action}: Windows would ${would(row, (column) => session.format(row.text(column)), now)}; it is not done: ${why}`)
    }
  }
  return { extent: 'told', run, plan: run }
}

function concerned(session: InstallSession, row: Row): 'install' | 'remove' | undefined {
  if (row.table.columnNumber('Component_') !== undefined) return turnOf(session, row)
  const component = session.components.get(session.files.get(row.text('File_'))?.component ?? '')
  return component === undefined ? undefined : component.action === 2 ? 'remove' : component.action === 3 || component.action === 4 ? 'install' : undefined
}

const sam = 'the accounts of a machine are made by the machine itself'
const running = 'only a running Windows can'

export const users = told({
  tables: ['User', 'Wix4User'], turn: 'both', why: sam,
  would: (row, format, turn) => {
    const attributes = row.integer('Attributes') ?? 0
    const [kept, existing] = [(attributes & 0x100) !== 0, (attributes & 0x200) !== 0]
    return `${turn === 'install' ? existing ? 'look for' : 'make' : kept || existing ? 'keep' : 'remove'} the account ${format('Name')}`
  },
})
export const groups = told({ tables: ['Wix4Group', 'Group'], turn: 'both', why: sam, would: (_row, format, turn) => `${turn === 'install' ? 'make' : 'remove'} the group ${format('Name')}` })

export function shares(turn: 'install' | 'remove'): NativeAction {
  return told({ tables: ['FileShare', 'Wix4FileShare'], turn, why: running, would: (row, format) => turn === 'install' ? `share ${row.text('Directory_')} as ${format('ShareName')}` : `end the share ${format('ShareName')}` })
}

export function counterData(turn: 'install' | 'remove'): NativeAction {
  return told({ tables: ['PerformanceCategory', 'Wix4PerformanceCategory'], turn, why: running, would: (_row, format) => `${turn === 'install' ? 'register' : 'remove'} the performance counters ${format('Name')}` })
}

export function counterFiles(turn: 'install' | 'remove'): NativeAction {
  return told({ tables: ['Perfmon', 'Wix4Perfmon'], turn, why: running, would: (_row, format) => turn === 'install' ? `register the performance counters of ${format('File')}` : `remove the performance counters ${format('Name')}` })
}

export function manifests(kind: 'events' | 'counters', turn: 'install' | 'remove'): NativeAction {
  const tables = kind === 'events' ? ['EventManifest', 'Wix4EventManifest'] : ['PerfmonManifest', 'Wix4PerfmonManifest']
  const program = kind === 'events' ? ['wevtutil.exe im', 'wevtutil.exe um'] : ['lodctr.exe /m:', 'unlodctr.exe /m:']
  return told({
    tables, turn, why: running, would: (_row, format) => `run ${program[turn === 'install' ? 0 : 1]} "${format('File')}"`,
    later: (row, session) => {
      const file = session.format(row.text('File'))
      return kind === 'events' ? `"${systemFolder(session)}wevtutil.exe" im "${file}"` : `"${systemFolder(session)}lodctr.exe" "/m:${file}"`
    },
  })
}

export const nativeImages = told({
  tables: ['NetFxNativeImage', 'Wix4NetFxNativeImage'], turn: 'both', why: running, would: (row, _format, turn) => `${turn === 'install' ? 'compile' : 'drop'} the native image of ${row.text('File_')}`,
  later: (row, session) => `"${session.properties.get('WindowsFolder')}Microsoft.NET\\Framework${session.platform.machine.architecture === 'x86' ? '' : '64'}\\v4.0.30319\\ngen.exe" install "${session.filePath(row.text('File_'))}" /queue:${row.integer('Priority') ?? 3}`,
})

function systemFolder(session: InstallSession): string {
  return `${session.properties.get('WindowsFolder')}System32\\`
}
