// Rows of the tables of WiX: under the names of version 3 and of version 4 and later, and whether their component is concerned.
import type { Row } from '../../../database/index.ts'
import { isBeingInstalled, isBeingRemoved, type Component } from '../../session/features/components.ts'
import type { InstallSession } from '../../session/install-session.ts'

/** What happens to the component of a row now; `undefined` when nothing does. */
export function turnOf({ components }: InstallSession, row: Row): 'install' | 'remove' | undefined {
  const component = components.get(row.text('Component_'))
  return component === undefined ? undefined : isBeingInstalled(component) ? 'install' : isBeingRemoved(component) ? 'remove' : undefined
}

export function componentOf({ components }: InstallSession, row: Row): Component | undefined {
  return components.get(row.text('Component_'))
}

export function rowsOf(session: InstallSession, tables: readonly string[]): Row[] {
  return tables.flatMap((table) => [...session.rows(table)])
}
