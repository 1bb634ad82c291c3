// PublishComponents and UnpublishComponents: qualified components.
// https://learn.microsoft.com/windows/win32/msi/publishcomponent-table
import { foldCase, packGuid } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { publishedComponentKey } from '../registration/keys.ts'
import type { RegistryEdit } from '../script/operation.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, featureGoes } from './availability.ts'
import { darwinDescriptor } from './shortcuts.ts'

export const publishComponents: StandardAction = (session) => {
  const known: KnownTexts = new Map()
  for (const row of session.rows('PublishComponent')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureBecomesAvailable(session, row.text('Feature_'), component)) continue
    const descriptor = darwinDescriptor(session, row.text('Feature_'), component) + row.text('AppData')
    emitEdit(session, row, 'ComponentPublish', known, (texts) => texts.includes(descriptor) ? texts : [...texts, descriptor])
  }
}

export const unpublishComponents: StandardAction = (session) => {
  const known: KnownTexts = new Map()
  for (const row of session.rows('PublishComponent')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureGoes(session, row.text('Feature_'))) continue
    const descriptor = darwinDescriptor(session, row.text('Feature_'), component) + row.text('AppData')
    emitEdit(session, row, 'ComponentUnpublish', known, (texts) => texts.filter((text) => text !== descriptor))
  }
}

/** By key and qualifier: descriptors as they will be, once what was emitted has been done. */
type KnownTexts = Map<string, readonly string[]>

/** Several components, also of other products, may be published under one qualifier: each takes away only its own. */
function emitEdit(session: Session, row: Row, op: 'ComponentPublish' | 'ComponentUnpublish', known: KnownTexts, change: (texts: readonly string[]) => readonly string[]): void {
  const category = row.text('ComponentId')
  const packed = packGuid(category)
  if (packed === undefined) return
  const qualifier = row.text('Qualifier')
  const key = publishedComponentKey(session.context.publishRoot, packed)
  const id = `${key}\0${foldCase(qualifier)}`
  const texts = change(known.get(id) ?? textsOf(session, key, qualifier))
  known.set(id, texts)
  const edit: RegistryEdit = texts.length === 0 ? { edit: 'delete-value', key, name: qualifier, pruneKey: true } : { edit: 'set', key, name: qualifier, value: { type: 'REG_MULTI_SZ', data: [...texts] } }
  session.emit({ op, subject: category, edits: [edit] }, { data: { 1: category, 2: qualifier } })
}

function textsOf({ platform: { registry } }: Session, key: string, name: string): readonly string[] {
  const value = registry.value(key, name)
  return value?.type === 'REG_MULTI_SZ' ? value.data : []
}
