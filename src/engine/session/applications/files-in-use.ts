// Files in use without the Restart Manager: who runs them is told and asked about, and nobody is closed.
// https://learn.microsoft.com/windows/win32/msi/filesinuse-dialog, …/system-reboots, …/logging-of-reboot-requests
import { ActionStatus } from '../features/states.ts'
import type { InstallSession } from '../install-session.ts'
import { MessageAnswer, MessageType } from '../messages/messages.ts'

/** Who runs or maps a file. */
interface Holder {
  readonly path: string
  readonly name: string
  readonly pid: number
  /** A window of it has a title. */
  readonly hasTitle: boolean
}

/**
 * Tells and asks. `again` means that the user wants everything looked at from the beginning.
 * @param files Host paths, with their Windows paths.
 */
export async function askFilesInUse(session: InstallSession, files: ReadonlyMap<string, string>): Promise<ActionStatus | 'again'> {
  const { messages, installation: { settings } } = session
  const holders = files.size === 0 ? [] : await scan(session, files)
  if (holders.length === 0) return ActionStatus.success
  for (const { path, name, pid } of holders) logUse(session, path, name, pid)
  if (settings.uiLevel === 'none' || settings.noModalDialogs) return ActionStatus.success
  logWindowless(session, holders)
  if (settings.uiLevel === 'full' && !hasDialog(session, 'FilesInUse')) {
    logMissingDialog(session)
    return ActionStatus.success
  }
  const record = holders.flatMap(({ name, pid }) => [name, pid])
  const answer = await messages.send(MessageType.filesInUse, [messages.template(1607), ...record])
  if (answer === MessageAnswer.cancel || answer === MessageAnswer.abort) return ActionStatus.userExit
  if (answer === MessageAnswer.error) return ActionStatus.failure
  return answer === MessageAnswer.retry ? 'again' : ActionStatus.success
}

/** Only programs and libraries count: data that is merely open is replaced without a word. */
async function scan({ platform: { processes } }: InstallSession, files: ReadonlyMap<string, string>): Promise<Holder[]> {
  const paths = [...files]
  const { users } = await processes.scan(paths.map(([host]) => host))
  const self = processes.self()
  const held = users.filter(({ use, process }) => (use === 'executable' || use === 'mapped') && process.pid !== self.pid)
  const facts = await processes.describe(held.map((user) => user.process))
  return held.map(({ file, process: { pid } }, index) => ({
    path: paths[file]![1], name: facts[index]?.commandName ?? String(pid), pid, hasTitle: facts[index]?.windows.some(({ title }) => title !== '') === true,
  }))
}

/** Windows shows only holders whose windows have titles, and writes down the others; here they are asked about too. */
function logWindowless({ messages }: InstallSession, holders: readonly Holder[]): void {
  const windowless = holders.filter(({ hasTitle }) => !hasTitle)
  for (const { name, pid } of windowless) messages.log(`File In Use: -${name}- Window could not be found. Process ID: ${pid}`, 'v', 'c')
  if (windowless.length === holders.length) messages.log('No window with title could be found for FilesInUse', 'v', 'c')
}

/** What msiexec writes when its full user interface looks for a dialog that the package has not, and then has none to say so in. */
export function logMissingDialog({ messages, properties }: InstallSession): void {
  messages.plain('DEBUG: Error 2803:  Dialog View did not find a record for the dialog ', 'e')
  if (properties.get('ErrorDialog') === '') messages.plain('DEBUG: Error 2867:  The error dialog property is not set', 'e')
}

/** Message 1603 and event 1025. https://learn.microsoft.com/windows/win32/msi/event-logging */
export function logUse({ messages, product }: InstallSession, path: string, name: string, pid: number): void {
  messages.info(1603, path, '', name, pid, '(not determined yet)')
  messages.log(`Product: ${product.productName}. The file ${path} is being used by the following process: Name: ${name} , Id ${pid}.`, 'i')
}

export function hasDialog({ database }: InstallSession, name: string): boolean {
  return database.table('Dialog')?.find(name) !== undefined
}
