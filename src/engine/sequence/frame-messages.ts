// The messages around an installation that only a user interface is interested in: which language and title it has,
// where it begins and ends, and each of its products.
// https://learn.microsoft.com/windows/win32/msi/parsing-windows-installer-messages; the records of INSTALLSTART and
// INSTALLEND: https://learn.microsoft.com/windows/win32/api/msi/nc-msi-pembedded_ui_handler (msi.h, INSTALLMESSAGE)
import type { InstallSession } from '../session/install-session.ts'
import { MessageType } from '../session/messages.ts'

/** Field 1 of COMMONDATA. */
const CommonData = { language: 0, caption: 1 } as const

/** Before the first action of the client, or of the server where there is none. */
export async function beginUserInterface({ messages, product, platform, database }: InstallSession): Promise<void> {
  await messages.send(MessageType.initialize, [null])
  await messages.send(MessageType.commonData, [null, CommonData.language, product.language || platform.machine.userLanguage, database.codepage])
  await messages.send(MessageType.commonData, [null, CommonData.caption, product.productName])
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
