// Whether the machine is restarted at the end of an installation, where the caller can do that: the REBOOT and REBOOTPROMPT
// properties, and a user who is asked. docs/decisions/0028-restarting-the-machine.md,
// https://learn.microsoft.com/windows/win32/msi/reboot, …/rebootprompt, …/system-reboots
import type { InstallSession } from '../session/install-session.ts'
import { MessageAnswer, MessageType } from '../session/messages/messages.ts'

/** Whether someone says that it is not to be restarted: `Suppress` keeps ForceReboot's, `ReallySuppress` none. */
export function isRestartSuppressed(session: InstallSession, when: 'at once' | 'at the end'): boolean {
  const letter = session.properties.get('REBOOT').slice(0, 1).toUpperCase()
  return letter === 'R' || (letter === 'S' && when === 'at the end')
}

/** A restart is needed: it is initiated, or left to the user; and always left to somebody after one package of a transaction of several. */
export async function decideRestart(session: InstallSession): Promise<void> {
  const { installation, messages, product } = session
  if (installation.settings.restartMachine === undefined || installation.shared !== undefined || isRestartSuppressed(session, 'at the end')) return
  installation.restartInitiated = await isAgreedTo(session, 1703)
  messages.log(installation.restartInitiated ? `Product: ${product.productName}. The installation initiates a restart of the machine.`
    : `Product: ${product.productName}. The restart of the machine is left to the user.`)
}

/** ForceReboot: unlike at the end, the question is asked also where nobody restarts the machine from here. */
export async function decideRestartNow(session: InstallSession): Promise<void> {
  const { installation } = session
  const isAgreed = await isAgreedTo(session, 1702)
  installation.restartInitiated = isAgreed && installation.settings.restartMachine !== undefined
}

/** Nobody is asked without a user interface, nor when restarts are to happen unasked. */
async function isAgreedTo({ installation: { settings }, messages, product, properties }: InstallSession, question: number): Promise<boolean> {
  const isAsked = settings.uiLevel !== 'none' && !settings.noModalDialogs && properties.get('REBOOTPROMPT').slice(0, 1).toUpperCase() !== 'S'
  if (!isAsked) return true
  return await messages.send(MessageType.user, [messages.template(question), question, product.productName], { buttons: 'yes-no' }) === MessageAnswer.yes
}
