// RegisterClassInfo and UnregisterClassInfo: COM classes of the Class table and the AppId rows they name.
// https://learn.microsoft.com/windows/win32/msi/class-table; keys written: registration of COM classes in the Windows SDK.
import type { Row } from '../../database/index.ts'
import { isBeingInstalled, type Component } from '../session/features/components.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes, resourceStays } from './availability.ts'
import { classesKey, setDescriptor, setText } from './classes.ts'
import { iconPath } from './icons.ts'

const relativePath = 1

export const registerClassInfo: StandardAction = (session) => {
  for (const row of session.rows('Class')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureBecomesAvailable(session, row.text('Feature_'), component)) continue
    registerClass(session, row, component)
  }
}

export const unregisterClassInfo: StandardAction = (session) => {
  for (const row of session.rows('Class')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !resourceGoes(session, row.text('Feature_'), component)) continue
    const clsid = row.text('CLSID')
    const data = { 1: clsid }
    if (staysInAnotherContext(session, clsid)) {
      session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, `CLSID\\${clsid}\\${row.text('Context')}`), ifEmpty: false }, { data })
      continue
    }
    session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, `CLSID\\${clsid}`), ifEmpty: false }, { data })
    if (row.text('FileTypeMask') !== '') session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, `FileType\\${clsid}`), ifEmpty: false })
    if (row.text('AppId_') !== '') session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, `AppID\\${row.text('AppId_')}`), ifEmpty: false })
  }
}

/** Each context has a row, and may have a component and a feature of its own. */
function staysInAnotherContext(session: Session, clsid: string): boolean {
  for (const row of session.rows('Class')) {
    const component = row.text('CLSID') === clsid ? session.components.get(row.text('Component_')) : undefined
    if (component !== undefined && resourceStays(session, row.text('Feature_'), component)) return true
  }
  return false
}

function registerClass(session: Session, row: Row, component: Component): void {
  const clsid = row.text('CLSID')
  const data = { 1: clsid }
  const key = classesKey(session, component, `CLSID\\${clsid}`)
  const description = row.text('Description')
  if (description !== '') setText(session, key, '', description, data)
  const context = row.text('Context')
  setText(session, `${key}\\${context}`, '', serverPath(session, row, component), description === '' ? data : undefined)
  setDescriptor(session, `${key}\\${context}`, context, row.text('Feature_'), component)
  const progId = row.text('ProgId_Default')
  if (progId !== '') {
    setText(session, `${key}\\ProgID`, '', progId)
    const independent = versionIndependentProgId(session, progId)
    if (independent !== '') setText(session, `${key}\\VersionIndependentProgID`, '', independent)
  }
  if (row.text('Icon_') !== '') setText(session, `${key}\\DefaultIcon`, '', `${iconPath(session, row.text('Icon_'))},${row.integer('IconIndex') ?? 0}`)
  registerHandler(session, key, row.text('DefInprocHandler'))
  row.text('FileTypeMask').split(';').filter((mask) => mask !== '')
    .forEach((mask, index) => setText(session, classesKey(session, component, `FileType\\${clsid}\\${index}`), '', mask))
  if (row.text('AppId_') !== '') {
    setText(session, key, 'AppID', row.text('AppId_'))
    if (isBeingInstalled(component)) registerAppId(session, row, component)
  }
}

function serverPath(session: Session, row: Row, component: Component): string {
  const file = keyFilePath(session, component) ?? ''
  const name = ((row.integer('Attributes') ?? 0) & relativePath) !== 0 ? file.slice(file.lastIndexOf('\\') + 1) : file
  const parameters = session.format(row.text('Argument'))
  return parameters === '' ? name : `${name} ${parameters}`
}

/** `1` and `2` name the system's 16-bit and 32-bit handlers, `3` both; anything else is a file. */
function registerHandler(session: Session, key: string, handler: string): void {
  if (handler === '1' || handler === '3') setText(session, `${key}\\InprocHandler`, '', 'ole2.dll')
  if (handler === '2' || handler === '3') setText(session, `${key}\\InprocHandler32`, '', 'ole32.dll')
  if (handler !== '' && !['1', '2', '3'].includes(handler)) setText(session, `${key}\\InprocHandler32`, '', handler)
}

function versionIndependentProgId(session: Session, progId: string): string {
  for (const row of session.rows('ProgId')) if (row.text('ProgId_Parent') === progId) return row.text('ProgId')
  return ''
}

function registerAppId(session: Session, row: Row, component: Component): void {
  const appId = [...session.rows('AppId')].find((one) => one.text('AppId') === row.text('AppId_'))
  if (appId === undefined) return
  const key = classesKey(session, component, `AppID\\${appId.text('AppId')}`)
  if (row.text('Description') !== '') setText(session, key, '', row.text('Description'))
  for (const column of ['RemoteServerName', 'LocalService', 'ServiceParameters', 'DllSurrogate']) {
    if (!appId.isNull(column)) setText(session, key, column, session.format(appId.text(column)))
  }
  if (appId.integer('ActivateAtStorage')) setText(session, key, 'ActivateAtStorage', 'Y')
  if (appId.integer('RunAsInteractiveUser')) setText(session, key, 'RunAs', 'Interactive User')
}
