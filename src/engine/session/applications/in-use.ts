// Applications that hold files which the installation is going to replace or remove: asked of the Restart Manager when
// there is a session; without one it is files-in-use.ts that finds them.
// https://learn.microsoft.com/windows/win32/msi/using-windows-installer-with-restart-manager
import { WindowsError } from '../../../base/index.ts'
import type { Application, ApplicationList, RestartManager, Session as RestartManagerSession } from '../../../restart-manager/index.ts'
import { ActionStatus } from '../features/states.ts'
import { FilesSeen } from '../files/files-seen.ts'
import type { InstallSession } from '../install-session.ts'
import { MessageAnswer, MessageType, type MessageRecord } from '../messages/messages.ts'
import { hasRestartManager } from '../properties/installer-version.ts'
import { askFilesInUse, hasDialog, logMissingDialog, logUse } from './files-in-use.ts'
import { serviceKey } from './host-services.ts'

export const sessionKeyProperty = 'MsiRestartManagerSessionKey'
const otherwise = 'Windows Installer will use the built-in FilesInUse functionality.'

/** How a session deals with files in use. */
export class InUse {
  readonly #owner: InstallSession
  readonly #manager: RestartManagerSession | undefined
  readonly #detectsOnly: boolean
  #closed = false
  /** `shutdown` was called: there may be something to start again. */
  #stopped = false
  /** Windows has a second session in the user's login, for what is no service; here one does both, and the log has the lines of both. */
  #clientTakesPart = false
  #prepared = false

  /** What properties and policies say counts as it is now: a custom action that changes it comes too late. */
  constructor(owner: InstallSession, manager: RestartManagerSession | undefined) {
    this.#owner = owner
    this.#manager = manager
    this.#detectsOnly = detectsOnly(owner)
  }

  /**
   * Asked by InstallValidate. What can go on does: a file in use is replaced all the same, and the old one goes later.
   * @param stoppedServices Those that the package itself stops before its files are changed.
   */
  async validate(stoppedServices: readonly string[]): Promise<ActionStatus> {
    this.#owner.properties.set(sessionKeyProperty, '')
    const files = this.#affectedFiles()
    for (;;) {
      const outcome = this.#manager === undefined ? await askFilesInUse(this.#owner, files) : await this.#askRestartManager(this.#manager, files, stoppedServices)
      if (outcome !== 'again') return outcome
      if (this.#owner.installation.settings.signal?.aborted === true) return ActionStatus.userExit
    }
  }

  /** After the last action, whatever came of it: starts again what was closed, and ends the session. */
  async finish(): Promise<void> {
    if (this.#manager === undefined || this.#closed) return
    this.#closed = true
    const lines: string[] = []
    if (this.#stopped && this.#owner.properties.get('MSIDISABLERMRESTART') !== '1') lines.push(await this.#restart(this.#manager))
    try {
      await this.#manager.end()
      lines.push('Session closed.')
    } catch (error) {
      lines.push(`Failed while closing session. Error: ${codeOf(error)}`)
    }
    for (const line of lines) this.#owner.messages.log(`RESTART MANAGER: ${line}`)
    for (const line of lines) this.#logAsClient(line)
  }

  async #restart(manager: RestartManagerSession): Promise<string> {
    try {
      await manager.restart({ unregistered: this.#owner.installation.settings.unregisteredApplications })
      return 'Previously shut down applications have been restarted.'
    } catch (error) {
      return `Failed while restarting applications. Error: ${codeOf(error)}`
    }
  }

  #logAsClient(line: string): void {
    if (this.#clientTakesPart) this.#owner.messages.log(`RESTART MANAGER: ${line}`, 'v', 'c')
  }

  /** Host paths of existing files that will be replaced or removed, with their Windows paths. */
  #affectedFiles(): Map<string, string> {
    const files = new Map<string, string>()
    const { platform } = this.#owner
    const seen = new FilesSeen(platform.files)
    for (const file of this.#owner.files.values()) {
      if (file.disposition !== 'copy' && file.disposition !== 'remove') continue
      if (!seen.isFile(file.targetPath)) continue
      const host = platform.files.hostPath(file.targetPath)
      if (host !== undefined) files.set(host, file.targetPath)
    }
    return files
  }

  async #askRestartManager(manager: RestartManagerSession, files: ReadonlyMap<string, string>, stoppedServices: readonly string[]): Promise<ActionStatus | 'again'> {
    const { messages } = this.#owner
    try {
      await this.#prepare(manager, files)
    } catch (error) {
      messages.log(`RESTART MANAGER: Failed to add file path resources; ${otherwise} Error: ${codeOf(error)}`)
      return askFilesInUse(this.#owner, files)
    }
    let list: ApplicationList
    try {
      list = await manager.list()
    } catch (error) {
      messages.log(`RESTART MANAGER: Failed to retrieve the list of applications that hold files in use; ${otherwise} Error: ${codeOf(error)}`)
      return askFilesInUse(this.#owner, files)
    }
    this.#logIncomplete(list)
    list = await this.#leaveOut(manager, list, stoppedServices)
    if (list.applications.length === 0) return ActionStatus.success
    if (list.rebootReasons.length > 0) return this.#rebootNeeded(list)
    return this.#detectsOnly || this.#hasOnlyFilesInUseDialog() ? askFilesInUse(this.#owner, files) : this.#decide(manager, list, files)
  }

  /** Once: what is registered stays so when the list is asked for again. */
  async #prepare(manager: RestartManagerSession, files: ReadonlyMap<string, string>): Promise<void> {
    if (this.#prepared) return
    if (files.size > 0) await manager.register({ files: [...files.keys()] })
    this.#prepared = true
  }

  /** Services that the package stops itself are none of the Restart Manager's business; StopServices is told which they are. */
  async #leaveOut(manager: RestartManagerSession, list: ApplicationList, stoppedServices: readonly string[]): Promise<ApplicationList> {
    const own = new Set(stoppedServices.map(serviceKey))
    const leftOut = list.applications.filter(({ serviceName, type }) => serviceName !== '' && type === 'service' && own.has(serviceKey(serviceName)))
    if (leftOut.length === 0) return list
    for (const { serviceName } of leftOut) {
      await manager.addFilter({ service: serviceName }, 'noShutdown')
      this.#owner.installation.hostServices.add(serviceName)
      this.#owner.messages.log(`RESTART MANAGER: Detected that the service ${serviceName} will be stopped due to a service control action authored in the package before the files are updated. So, we will not attempt to stop this service using Restart Manager`)
    }
    const others = list.applications.filter((application) => !leftOut.includes(application))
    return { ...list, applications: others, rebootReasons: [...new Set(others.flatMap(({ rebootReasons }) => rebootReasons))] }
  }

  #logIncomplete(list: ApplicationList): void {
    const { messages } = this.#owner
    if (list.blind.length > 0) {
      messages.log(`RESTART MANAGER: ${list.blind.length} processes could not be examined, so applications that hold files in use may be missing from the list.`)
    }
    for (const { path, why, process } of list.possible) {
      messages.log(`RESTART MANAGER: Process ${process.pid} may hold ${typeof path === 'string' ? path : 'a file'} in use: ${why}`)
    }
    for (const warning of list.warnings) messages.log(`RESTART MANAGER: ${warning}`)
  }

  /** Some holder cannot be closed, so nobody is. */
  async #rebootNeeded(list: ApplicationList): Promise<ActionStatus> {
    const { messages } = this.#owner
    const isSelf = list.rebootReasons.every((reason) => reason === 'detectedSelf')
    messages.log(`RESTART MANAGER: Did detect that ${isSelf ? 'the client process of this installation' : 'a critical application'} holds file[s] in use, so a reboot will be necessary.`)
    for (const application of list.applications) this.#logHolder(application)
    return this.#isInteractive() ? this.#confirmReboot() : ActionStatus.success
  }

  async #confirmReboot(): Promise<ActionStatus> {
    const { messages } = this.#owner
    const answer = await messages.send(MessageType.user, [messages.template(1610), 1610], { buttons: 'ok-cancel' })
    if (answer === MessageAnswer.cancel) return ActionStatus.userExit
    messages.log('RESTART MANAGER: The user chose to go on with the installation, although a reboot will be required.')
    return ActionStatus.success
  }

  async #decide(manager: RestartManagerSession, list: ApplicationList, files: ReadonlyMap<string, string>): Promise<ActionStatus | 'again'> {
    const { messages } = this.#owner
    const { uiLevel, noModalDialogs, handler } = this.#owner.installation.settings
    if (uiLevel === 'none' || noModalDialogs) {
      messages.log(`RESTART MANAGER: Will attempt to shut down and restart applications ${uiLevel === 'none' ? 'in no UI modes.' : 'because the UI does not display any modal dialogs.'}`)
      return this.#shutdown(manager, list)
    }
    if (uiLevel === 'full' && !hasDialog(this.#owner, 'MsiRMFilesInUse')) logMissingDialog(this.#owner)
    const answer = await messages.send(MessageType.rmFilesInUse, holdersRecord(messages.template(1607), list.applications))
    switch (answer) {
      case MessageAnswer.ok: return this.#shutdown(manager, list)
      // Nobody is there to be asked: the built-in dialog's default.
      case MessageAnswer.none: return handler === undefined ? this.#shutdown(manager, list) : askFilesInUse(this.#owner, files)
      case MessageAnswer.cancel: return ActionStatus.userExit
      case MessageAnswer.error: return ActionStatus.failure
      case MessageAnswer.no: return hasDialog(this.#owner, 'MsiRMFilesInUse') ? this.#confirmReboot() : askFilesInUse(this.#owner, files)
      case MessageAnswer.retry: return askFilesInUse(this.#owner, files)
      default:
        messages.log('RESTART MANAGER: The user chose to go on with the installation, although a reboot will be required.')
        return ActionStatus.success
    }
  }

  async #shutdown(manager: RestartManagerSession, { applications }: ApplicationList): Promise<ActionStatus> {
    const { messages, properties } = this.#owner
    if (!this.#clientTakesPart && applications.some(({ serviceName }) => serviceName === '')) {
      this.#clientTakesPart = true
      this.#logAsClient('Session opened.')
    }
    const mode = properties.get('MSIRMSHUTDOWN')
    for (;;) {
      this.#stopped = true
      try {
        await manager.shutdown({ force: mode === '1', onlyRegistered: mode === '2', ...this.#signal() })
        messages.log('RESTART MANAGER: Successfully shut down all applications in the service\'s session that held files in use.')
        this.#logAsClient('Successfully shut down all applications that held files in use.')
        return ActionStatus.success
      } catch (error) {
        messages.log(`RESTART MANAGER: Failed to shut down all applications in the service's session. Error: ${codeOf(error)}`)
        this.#logAsClient(`Failed to shut down all applications. Error: ${codeOf(error)}`)
        if (error instanceof WindowsError && error.code === 'ERROR_CANCELLED') return ActionStatus.userExit
        if (!this.#isInteractive()) return ActionStatus.success
      }
      const answer = await messages.send(MessageType.user, [messages.template(1611), 1611], { buttons: 'abort-retry-ignore', defaultButton: 3 })
      if (answer === MessageAnswer.abort || answer === MessageAnswer.cancel) return ActionStatus.userExit
      if (answer !== MessageAnswer.retry) return ActionStatus.success
    }
  }

  #signal(): { signal?: AbortSignal } {
    const { signal } = this.#owner.installation.settings
    return signal === undefined ? {} : { signal }
  }

  #logHolder(application: Application): void {
    for (const { path } of application.files) {
      const windowsPath = typeof path === 'string' ? this.#owner.platform.files.fromHostPath(path) ?? path : ''
      logUse(this.#owner, windowsPath, application.name, application.process.pid)
    }
  }

  #isInteractive(): boolean {
    const { uiLevel, noModalDialogs, handler } = this.#owner.installation.settings
    return uiLevel !== 'none' && !noModalDialogs && handler !== undefined
  }

  #hasOnlyFilesInUseDialog(): boolean {
    return this.#owner.installation.settings.uiLevel === 'full' && hasDialog(this.#owner, 'FilesInUse') && !hasDialog(this.#owner, 'MsiRMFilesInUse')
  }
}

/** Starts the session and publishes its key, before the first action. What stands in the way is logged. */
export async function openInUse(session: InstallSession): Promise<InUse> {
  const { installation, properties, messages } = session
  const { settings } = installation
  if (!hasRestartManager(settings.installerVersion) || settings.planning) return new InUse(session, undefined)
  const disabledBy = session.parts.policies.disableAutomaticApplicationShutdown === 1 ? 'DisableAutomaticApplicationShutdown system policy'
    : properties.get('MSIRESTARTMANAGERCONTROL').toLowerCase() === 'disable' ? 'MSIRESTARTMANAGERCONTROL property' : undefined
  if (disabledBy !== undefined) {
    messages.log(`RESTART MANAGER: Disabled by ${disabledBy}; ${otherwise}`)
    return new InUse(session, undefined)
  }
  try {
    if (settings.restartManager === undefined) throw new WindowsError('ERROR_CALL_NOT_IMPLEMENTED', 'there is no Restart Manager')
    const manager = await settings.restartManager.startSession({ onEvent: ({ id, text }) => { messages.log(`Event log, Microsoft-Windows-RestartManager, ${id}: ${text}`) } })
    properties.set(sessionKeyProperty, manager.key)
    messages.log('RESTART MANAGER: Session opened.')
    await reportRecoverable(session, settings.restartManager)
    return new InUse(session, manager)
  } catch (error) {
    messages.log(`RESTART MANAGER: Failed to open session; ${otherwise} Error: ${codeOf(error)}`)
    return new InUse(session, undefined)
  }
}

/** An installation that died after it had closed applications: they are named, and started again when the user says so. */
async function reportRecoverable({ messages }: InstallSession, restartManager: RestartManager): Promise<void> {
  try {
    for (const { id, applications } of await restartManager.recoverable()) {
      messages.log(`RESTART MANAGER: An interrupted session (${id}) has left applications closed: ${applications.map(({ name }) => name).join(', ')}`)
    }
  } catch (error) {
    messages.log(`RESTART MANAGER: Failed to look for interrupted sessions. Error: ${codeOf(error)}`)
  }
}

/** MSIRESTARTMANAGERCONTROL=DisableShutdown and policy 2: the session lists, and closes nobody. */
function detectsOnly(session: InstallSession): boolean {
  return session.parts.policies.disableAutomaticApplicationShutdown === 2
    || session.properties.get('MSIRESTARTMANAGERCONTROL').toLowerCase() === 'disableshutdown'
}

/** Pairs of process name and process identifier. */
function holdersRecord(template: string, applications: readonly Application[]): MessageRecord {
  return [template, ...applications.flatMap((application) => [application.name, application.process.pid])]
}

function codeOf(error: unknown): number {
  return error instanceof WindowsError ? error.errno : 1627
}
