// SchedServiceConfig, the action behind util:ServiceConfig: what the service manager does when a service fails.
// https://docs.firegiant.com/wix/schema/util/serviceconfig
import { bytesToHex } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import { failureActions, isKnownService, servicesKey } from '../../actions/configure-services.ts'
import type { RegistryEdit } from '../../script/operation.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { rowsOf, turnOf } from './components.ts'
import type { NativeCall } from './native-action.ts'

const kinds: Readonly<Record<string, number>> = { none: 0, restart: 1, reboot: 2, runcommand: 3 }
const columns = ['FirstFailureActionType', 'SecondFailureActionType', 'ThirdFailureActionType']
const secondsOfDay = 86_400

/** @throws InstallError 1939 for a service that is not there */
export function configureServices(session: InstallSession, { action }: NativeCall): void {
  for (const row of rowsOf(session, ['ServiceConfig', 'Wix4ServiceConfig'])) {
    if (turnOf(session, row) !== 'install') continue
    const name = session.format(row.text('ServiceName'))
    if (!isKnownService(session, name)) throw new InstallError(1939, [name, name], { action })
    session.emit({ op: 'ServiceConfigure', subject: name, edits: edits(session, row, `${servicesKey}\\${name}`) }, { data: { 1: name } })
  }
}

function edits(session: InstallSession, row: Row, key: string): RegistryEdit[] {
  const actions = columns.map((column) => kinds[session.format(row.text(column)).toLowerCase()] ?? 0)
  const days = row.integer('ResetPeriodInDays')
  const delayMs = (row.integer('RestartServiceDelayInSeconds') ?? 0) * 1000
  const bytes = failureActions(days === null ? null : days * secondsOfDay, actions, actions.map((kind) => kind === kinds['restart'] ? delayMs : 0))
  const texts = [['RebootMessage', 'RebootMessage'], ['ProgramCommandLine', 'FailureCommand']] as const
  return [
    { edit: 'set', key, name: 'FailureActions', value: { type: 'REG_BINARY', data: bytesToHex(bytes) } },
    ...texts.flatMap(([column, name]): RegistryEdit[] => {
      const data = session.format(row.text(column))
      return data === '' ? [] : [{ edit: 'set', key, name, value: { type: 'REG_SZ', data } }]
    }),
  ]
}
