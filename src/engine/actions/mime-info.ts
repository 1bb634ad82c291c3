// RegisterMIMEInfo and UnregisterMIMEInfo: content types of extensions.
// https://learn.microsoft.com/windows/win32/msi/mime-table
import type { Row } from '../../database/index.ts'
import type { Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes } from './availability.ts'
import { classesKey, setText } from './classes.ts'
import { remainingExtension } from './extension-info.ts'

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
    if (!resourceGoes(session, feature, component) || remainingExtension(session, row.text('Extension_')) !== undefined) continue
    session.emit({ op: 'RegRemoveKey', key: contentTypeKey(session, row, component), ifEmpty: false }, { data: { 1: row.text('ContentType'), 2: row.text('Extension_') } })
  }
}

function* mimeRows(session: Session): Iterable<{ row: Row; feature: string; component: Component }> {
  for (const row of session.rows('MIME')) {
    for (const extension of session.rows('Extension')) {
      const component = extension.text('Extension') === row.text('Extension_') ? session.components.get(extension.text('Component_')) : undefined
      if (component !== undefined) yield { row, feature: extension.text('Feature_'), component }
    }
  }
}

function contentTypeKey(session: Session, row: Row, component: Component): string {
  return classesKey(session, component, `MIME\\Database\\Content Type\\${row.text('ContentType')}`)
}
