// AppSearch, CCPSearch and RMCCPSearch: properties from what is on the machine already.
// https://learn.microsoft.com/windows/win32/msi/appsearch-action, …/ccpsearch-action, …/rmccpsearch-action
import { joinPath } from '../../base/index.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'
import { findFile, readSignature } from './locate-file.ts'
import { locate } from './locators.ts'

/** What is not found leaves the property as it is. */
export const appSearch: EngineAction = async (session) => {
  for (const row of session.rows('AppSearch')) {
    const [property, signature] = [row.text('Property'), row.text('Signature_')]
    await session.messages.send(MessageType.actionData, [null, property, signature])
    const found = locate(session, signature)
    if (found === '') continue
    session.properties.set(property, found)
    if (property === 'SourceDir') session.directoryTree?.forgetSources()
  }
}

/** One hit is enough. */
export const ccpSearch: EngineAction = (session) => {
  for (const row of session.rows('CCPSearch')) {
    if (locate(session, row.text('Signature_')) === '') continue
    session.properties.set('CCP_Success', '1')
    return
  }
}

/** On the removable drive that CCP_DRIVE names, by the DrLocator table. */
export const rmccpSearch: EngineAction = (session) => {
  const drive = session.properties.get('CCP_DRIVE')
  if (drive === '' || session.properties.has('CCP_Success')) return
  for (const row of session.rows('CCPSearch')) {
    const name = row.text('Signature_')
    const signature = session.database.table('Signature')?.find(name)
    if (signature === undefined) continue
    for (const locator of session.rows('DrLocator')) {
      if (locator.text('Signature_') !== name) continue
      const folder = joinPath(drive, session.format(locator.text('Path')))
      if (findFile(session.platform, folder, readSignature(signature), locator.integer('Depth') ?? 0) === undefined) continue
      session.properties.set('CCP_Success', '1')
      return
    }
  }
}
