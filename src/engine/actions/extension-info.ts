// RegisterExtensionInfo and UnregisterExtensionInfo: file name extensions and their verbs.
// https://learn.microsoft.com/windows/win32/msi/extension-table, …/verb-table
import type { Row } from '../../database/index.ts'
import type { Component } from '../session/features/components.ts'
import { keyFilePath } from '../session/files/file-states.ts'
import type { Session } from '../session/session.ts'
import type { StandardAction } from './action.ts'
import { featureBecomesAvailable, resourceGoes, resourceStays } from './availability.ts'
import { classesKey, removeText, setDescriptor, setText } from './classes.ts'

export const registerExtensionInfo: StandardAction = (session) => {
  for (const row of session.rows('Extension')) {
    const component = session.components.get(row.text('Component_'))
    if (component !== undefined && featureBecomesAvailable(session, row.text('Feature_'), component)) register(session, row, component)
  }
}

export const unregisterExtensionInfo: StandardAction = (session) => {
  for (const row of session.rows('Extension')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || !resourceGoes(session, row.text('Feature_'), component)) continue
    const extension = row.text('Extension')
    const other = remainingExtension(session, extension)
    if (other !== undefined) {
      register(session, other.row, other.component)
      continue
    }
    const key = classesKey(session, component, `.${extension}`)
    const progId = row.text('ProgId_')
    const owner = progId === '' ? `.${extension}` : progId
    // What others keep with the extension is theirs.
    removeText(session, key, '', progId, { 1: extension })
    if (row.text('MIME_') !== '') removeText(session, key, 'Content Type', row.text('MIME_'))
    for (const verb of verbsOf(session, extension)) {
      session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, `${owner}\\shell\\${verb.text('Verb')}`), ifEmpty: false })
    }
    const shell = classesKey(session, component, `${owner}\\shell`)
    removeText(session, shell, '', defaultVerb(verbsOf(session, extension)) ?? '')
    session.emit({ op: 'RegRemoveKey', key: shell, ifEmpty: true })
    if (progId !== '') {
      session.emit({ op: 'RegRemoveKey', key: classesKey(session, component, progId), ifEmpty: true })
      session.emit({ op: 'RegRemoveKey', key: `${key}\\${progId}\\ShellNew`, ifEmpty: true })
      session.emit({ op: 'RegRemoveKey', key: `${key}\\${progId}`, ifEmpty: true })
    }
    session.emit({ op: 'RegRemoveKey', key, ifEmpty: true })
  }
}

function register(session: Session, row: Row, component: Component): void {
  const extension = row.text('Extension')
  const progId = row.text('ProgId_')
  const key = classesKey(session, component, `.${extension}`)
  setText(session, key, '', progId, { 1: extension })
  if (row.text('MIME_') !== '') setText(session, key, 'Content Type', row.text('MIME_'))
  // Where the shell looks for what a new document of the program is made of.
  if (progId !== '') session.emit({ op: 'RegCreateKey', key: `${key}\\${progId}\\ShellNew` })
  registerVerbs(session, row, progId === '' ? `.${extension}` : progId, component)
}

/** Several components can serve an extension: one that stays serves it when another goes. */
export function remainingExtension(session: Session, extension: string): { readonly row: Row; readonly component: Component } | undefined {
  for (const row of session.rows('Extension')) {
    const component = row.text('Extension') === extension ? session.components.get(row.text('Component_')) : undefined
    if (component !== undefined && resourceStays(session, row.text('Feature_'), component)) return { row, component }
  }
  return undefined
}

function registerVerbs(session: Session, extension: Row, owner: string, component: Component): void {
  const verbs = verbsOf(session, extension.text('Extension'))
  const shell = classesKey(session, component, `${owner}\\shell`)
  const first = defaultVerb(verbs)
  if (first !== undefined) setText(session, shell, '', first)
  for (const verb of verbs) {
    const key = `${shell}\\${verb.text('Verb')}`
    if (verb.text('Command') !== '') setText(session, key, '', session.format(verb.text('Command')))
    const parameters = session.format(verb.text('Argument'))
    setText(session, `${key}\\command`, '', `"${keyFilePath(session, component) ?? ''}"${parameters === '' ? '' : ` ${parameters}`}`)
    setDescriptor(session, `${key}\\command`, 'command', extension.text('Feature_'), component, parameters)
  }
}

/** The verb with the lowest Sequence is what opening does. */
function defaultVerb(verbs: readonly Row[]): string | undefined {
  const ranked = verbs.filter((verb) => verb.integer('Sequence') !== null)
  return ranked.sort((a, b) => a.integer('Sequence')! - b.integer('Sequence')!)[0]?.text('Verb')
}

function verbsOf(session: Session, extension: string): Row[] {
  return [...session.rows('Verb')].filter((verb) => verb.text('Extension_') === extension)
}
