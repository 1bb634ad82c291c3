// MsiPublishAssemblies and MsiUnpublishAssemblies: assemblies as Windows Installer records them, so that they can be
// provided on demand. The global assembly cache itself is written by a running Windows only.
// https://learn.microsoft.com/windows/win32/msi/assembly-registry-keys-written-by-windows-installer
import { foldCase } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import type { RegistryEdit } from '../script/operation.ts'
import type { Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, featureGoes } from './availability.ts'
import { darwinDescriptor } from './shortcuts.ts'

/** MsiAssembly.Attributes */
const win32Assembly = 1

export const msiPublishAssemblies: StandardAction = (session) => {
  for (const row of session.rows('MsiAssembly')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureBecomesAvailable(session, row.text('Feature_'), component)) continue
    const descriptor = descriptorOf(session, row, component)
    if (isGlobal(row)) session.messages.log(`Assembly ${assemblyName(session, row)} is recorded; the global assembly cache is written by Windows only`)
    emitEdit(session, row, 'ComponentPublish', (key, name) => {
      const others = descriptors(session, key, name).filter((one) => one !== descriptor)
      return { edit: 'set', key, name, value: { type: 'REG_MULTI_SZ', data: [...others, descriptor] } }
    })
  }
}

export const msiUnpublishAssemblies: StandardAction = (session) => {
  for (const row of session.rows('MsiAssembly')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !featureGoes(session, row.text('Feature_'))) continue
    const descriptor = descriptorOf(session, row, component)
    emitEdit(session, row, 'ComponentUnpublish', (key, name) => {
      const others = descriptors(session, key, name).filter((one) => one !== descriptor)
      return others.length === 0 ? { edit: 'delete-value', key, name, pruneKey: true } : { edit: 'set', key, name, value: { type: 'REG_MULTI_SZ', data: others } }
    })
  }
}

/** A single feature is not named. */
function descriptorOf(session: Session, row: Row, component: Component): string {
  return darwinDescriptor(session, session.features.size === 1 ? '' : row.text('Feature_'), component)
}

/** Without an application file: for every program. */
function isGlobal(row: Row): boolean {
  return row.text('File_Application') === ''
}

function descriptors(session: Session, key: string, name: string): readonly string[] {
  const value = session.platform.registry.value(key, name)
  return value?.type === 'REG_MULTI_SZ' ? value.data : []
}

function emitEdit(session: Session, row: Row, op: 'ComponentPublish' | 'ComponentUnpublish', edit: (key: string, name: string) => RegistryEdit): void {
  const name = assemblyName(session, row)
  if (name === '') return
  const kind = row.integer('Attributes') === win32Assembly ? 'Win32Assemblies' : 'Assemblies'
  const application = isGlobal(row) ? 'Global' : session.files.get(row.text('File_Application'))?.targetPath ?? ''
  if (application === '') return
  const key = `${session.context.publishRoot}\\${kind}\\${application.replaceAll('\\', '|')}`
  session.emit({ op, subject: name, edits: [edit(key, name)] }, { data: { 1: isGlobal(row) ? '' : application, 2: name } })
}

/** `Name,attribute="value",…` in the order of the table. */
function assemblyName(session: Session, row: Row): string {
  const parts = [...session.rows('MsiAssemblyName')].filter((one) => one.text('Component_') === row.text('Component_'))
  const name = parts.find((one) => foldCase(one.text('Name')) === 'NAME')?.text('Value') ?? ''
  const attributes = parts.filter((one) => foldCase(one.text('Name')) !== 'NAME').map((one) => `,${one.text('Name')}="${one.text('Value')}"`)
  return name === '' ? '' : name + attributes.join('')
}
