// WixRegisterRestartResources, the action behind util:RestartResource: joins the installer's Restart Manager session with
// the key that the installer has published, registers the package's rows and leaves. Nothing that goes wrong here keeps
// the product from being installed; the log says what it was.
// https://docs.firegiant.com/wix/schema/util/restartresource
import { isFullPath, WindowsError } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import type { HostPath, ProcessIdentity } from '../../../platform/index.ts'
import { sessionKeyProperty } from '../../session/applications/in-use.ts'
import { isBeingInstalled, isBeingRemoved } from '../../session/features/components.ts'
import { ActionStatus } from '../../session/features/states.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { processesNamed } from './named-processes.ts'
import type { NativeCall } from './native-action.ts'

/** Of WiX 3, and of WiX 4 and later. */
const tables = ['WixRestartResource', 'Wix4RestartResource']

/** The low four bits of Attributes; the rest is unused. */
const ResourceType = { file: 1, processName: 2, service: 3 } as const

interface Found {
  readonly files: HostPath[]
  readonly processes: ProcessIdentity[]
  readonly services: string[]
}

export async function registerRestartResources(session: InstallSession, { action }: NativeCall): Promise<ActionStatus> {
  const log = (line: string): void => { session.messages.log(`${action}: ${line}`) }
  const key = session.properties.get(sessionKeyProperty)
  const { restartManager } = session.installation.settings
  if (key === '' || restartManager === undefined) {
    log(`there is no ${sessionKeyProperty}, so no resources are registered with the Restart Manager`)
    return ActionStatus.success
  }
  try {
    const found = await collect(session, log)
    if (found.files.length + found.processes.length + found.services.length === 0) return ActionStatus.success
    const joined = await restartManager.joinSession(key)
    try {
      await joined.register(found)
    } finally {
      await joined.end()
    }
    log(`registered with the Restart Manager: files ${found.files.length}, processes ${found.processes.length}, services ${found.services.length}`)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    log(`the resources were not registered with the Restart Manager. Error: ${error.errno} (${error.message})`)
  }
  return ActionStatus.success
}

/** The same, for a plan: nothing is registered, and whoever reads the plan can ask who uses them. */
export async function planRestartResources(session: InstallSession, { action }: NativeCall): Promise<void> {
  session.installation.planResources(session, await collect(session, (line) => { session.messages.log(`${action}: ${line}`) }))
}

async function collect(session: InstallSession, log: (line: string) => void): Promise<Found> {
  const found: Found = { files: [], processes: [], services: [] }
  for (const table of tables) {
    for (const row of session.rows(table)) if (isConcerned(session, row)) await add(session, row, found, log)
  }
  return found
}

/** Without a component always; else while it is installed, reinstalled or removed. */
function isConcerned({ components }: InstallSession, row: Row): boolean {
  if (row.isNull('Component_')) return true
  const component = components.get(row.text('Component_'))
  return component !== undefined && (isBeingInstalled(component) || isBeingRemoved(component))
}

async function add(session: InstallSession, row: Row, found: Found, log: (line: string) => void): Promise<void> {
  const resource = session.format(row.text('Resource'))
  const type = (row.integer('Attributes') ?? 0) & 0x0f
  switch (type) {
    case ResourceType.file: return addFile(session, resource, found, log)
    case ResourceType.processName: {
      const processes = await processesNamed(session.platform.processes, resource)
      log(`the application ${resource} runs in ${processes.length} processes${processes.map(({ identity }) => ` ${identity.pid}`).join(',')}`)
      found.processes.push(...processes.map(({ identity }) => identity))
      return
    }
    case ResourceType.service:
      if (resource === '') log('a service without a name is not registered')
      else found.services.push(resource)
      return
    default: log(`the resource ${resource} is of the unknown type ${type}, and not registered`)
  }
}

/** A path of the root, or of the host itself. It need not exist yet; with a directory nobody could be listed any more. */
function addFile({ platform: { files } }: InstallSession, path: string, found: Found, log: (line: string) => void): void {
  const host = path.startsWith('/') ? path : isFullPath(path) ? files.hostPath(path) : undefined
  if (host === undefined) log(`the file ${path} is not registered: it is no full path of a drive that is there`)
  else if (!path.startsWith('/') && files.stat(path)?.kind === 'directory') log(`${path} is not registered: it is a directory`)
  else found.files.push(host)
}
