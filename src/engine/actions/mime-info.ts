// RegisterMIMEInfo and UnregisterMIMEInfo: content types of extensions.
// https://learn.microsoft.com/windows/win32/msi/mime-table
import type { Row } from '../../database/index.ts'
import type { Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes } from './availability.ts'
import { classesKey, setText } from './classes.ts'

export const registerMimeInfo: StandardAction = (session) => {
  for (const { row, feature, component } of mimeRows(session)) {
    if (!featureBecomesAvailable(session, feature, component)) continue
    const key = contentTypeKey(session, row, component)
    setText(session, key, 'Extension', `.${row.text('Extension_')}`, { 1: row.text('ContentType'), 2: row.text('Extension_') })
    if (row.text('CLSID') !== '') setText(session, key, 'CLSID', row.text('CLSID'))
  }
}

export const unregisterMimeInfo: StandardAction = (session) => {
  for (const { row, feature, component } of mimeRows(session)) {
    if (!resourceGoes(session, feature, component)) continue
    session.emit({ op: 'RegRemoveKey', key: contentTypeKey(session, row, component), ifEmpty: false }, { data: { 1: row.text('ContentType'), 2: row.text('Extension_') } })
  }
}

function* mimeRows(session: Session): Iterable<{ row: Row; feature: string; component: Component }> {
  const extensions = new Map([...session.rows('Extension')].map((one) => [one.text('Extension'), one]))
  for (const row of session.rows('MIME')) {
    const extension = extensions.get(row.text('Extension_'))
    const component = extension === undefined ? undefined : session.components.get(extension.text('Component_'))
    if (component !== undefined) yield { row, feature: extension!.text('Feature_'), component }
  }
}

function contentTypeKey(session: Session, row: Row, component: Component): string {
  return classesKey(session, component, `MIME\\Database\\Content Type\\${row.text('ContentType')}`)
}
