// PublishComponents and UnpublishComponents: qualified components.
// https://learn.microsoft.com/windows/win32/msi/publishcomponent-table
import { packGuid } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { publishedComponentKey } from '../registration/keys.ts'
import type { RegistryEdit } from '../script/operation.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, featureGoes } from './availability.ts'
import { darwinDescriptor } from './shortcuts.ts'

export const publishComponents: StandardAction = (session) => {
  for (const row of session.rows('PublishComponent')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureBecomesAvailable(session, row.text('Feature_'), component)) continue
    const descriptor = darwinDescriptor(session, row.text('Feature_'), component) + row.text('AppData')
    emitEdit(session, row, 'ComponentPublish', (key, name) => ({ edit: 'set', key, name, value: { type: 'REG_MULTI_SZ', data: [descriptor] } }))
  }
}

export const unpublishComponents: StandardAction = (session) => {
  for (const row of session.rows('PublishComponent')) {
    if (featureGoes(session, row.text('Feature_'))) {
      emitEdit(session, row, 'ComponentUnpublish', (key, name) => ({ edit: 'delete-value', key, name, pruneKey: true }))
    }
  }
}

function emitEdit(session: Session, row: Row, op: 'ComponentPublish' | 'ComponentUnpublish', edit: (key: string, name: string) => RegistryEdit): void {
  const category = row.text('ComponentId')
  const packed = packGuid(category)
  if (packed === undefined) return
  const qualifier = row.text('Qualifier')
  const key = publishedComponentKey(session.context.publishRoot, packed)
  session.emit({ op, subject: category, edits: [edit(key, qualifier)] }, { data: { 1: category, 2: qualifier } })
}
