// The messages around an installation that only a user interface is interested in: which language and title it has,
// where it begins and ends, and each of its products.
// https://learn.microsoft.com/windows/win32/msi/parsing-windows-installer-messages; the records of INSTALLSTART and
// INSTALLEND: https://learn.microsoft.com/windows/win32/api/msi/nc-msi-pembedded_ui_handler (msi.h, INSTALLMESSAGE)
import type { InstallSession } from '../session/install-session.ts'
import { logHeader } from '../session/messages/log.ts'
import { MessageType } from '../session/messages/messages.ts'

/** Field 1 of COMMONDATA. */
const CommonData = { language: 0, caption: 1 } as const

/** Before the first action of the client, or of the server where there is none. */
export async function beginUserInterface(session: InstallSession): Promise<void> {
  await session.messages.send(MessageType.initialize, [null])
  await describeUserInterface(session)
}

/** The language twice: in the installer's own words, and in those of the package, whose messages are at hand from then on. */
export async function describeUserInterface({ messages, product, platform, parts: { package: { database, summary } } }: InstallSession): Promise<void> {
  const language = [CommonData.language, product.language || summary.languages[0] || platform.machine.userLanguage, database.codepage]
  await messages.send(MessageType.commonData, [null, ...language])
  const line = logHeader(platform.clock, { verbose: false, installerVersion: '', callingProcess: '' })
  await messages.notify(MessageType.info, [line], line, { buttons: 'ok', icon: 'stop' })
  await messages.send(MessageType.commonData, [messages.template(11), ...language])
  await messages.send(MessageType.commonData, [messages.template(11), CommonData.caption, product.productName])
}

/** After the last one. */
export async function endUserInterface({ messages }: InstallSession): Promise<void> {
  await messages.send(MessageType.terminate, [null])
}

export async function beginProduct(session: InstallSession): Promise<void> {
  if (tellsProducts(session)) await session.messages.send(MessageType.installStart, [null, session.product.productName, session.product.productCode])
}

export async function endProduct(session: InstallSession, exitCode: number): Promise<void> {
  if (tellsProducts(session)) await session.messages.send(MessageType.installEnd, [null, session.product.productName, session.product.productCode, exitCode])
}

/** Both came with 5.0. */
function tellsProducts({ installation }: InstallSession): boolean {
  return installation.settings.installerVersion.major >= 5 && !installation.settings.planning
}
