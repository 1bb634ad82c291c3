// What an installation would do, for people: features, files by folder, registry by key, and so on, one section each.
// All of it is read off the plan: the script of each product, in the order of its execution, and costing's decisions.
import type { Decisions, InstallResult, Operation, PlannedSession } from '../../engine/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import type { ApplicationList } from '../../restart-manager/index.ts'
import { applicationLines } from '../rm/show.ts'
import { counted, escapeControls, humanSize, tableLines } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'

type OperationOf<Name extends Operation['op']> = Extract<Operation, { readonly op: Name }>

/** Per section; --json has them all. */
const mostLines = 60
const longestValue = 100

export function printPlan(result: InstallResult, root: string, applications: ApplicationList, out: Output): void {
  const title = (text: string): void => out.line(`\n${out.style('bold', text)}`)
  out.line(out.style('bold', `${result.productName} ${result.productVersion}`))
  out.line(`  ${result.productCode}, in ${root}; nothing is changed by this plan`)
  const { features = [], files = [] } = result.decisions ?? {}
  if (features.length > 0) {
    title('Features')
    print(out, tableLines(['Feature', 'Level', 'Now', 'Then'], features.map(featureRow)))
  }
  const kept = files.filter((file) => file.disposition === 'keep')
  const reasons = new Map(files.map((file) => [file.path, file.reason]))
  for (const session of result.plan) {
    const isOther = session.productCode !== result.productCode
    if (isOther) out.line(`\n${out.style('bold', `Also: ${session.productName} ${session.productCode}`)}`)
    for (const [heading, lines] of sections(session, reasons, isOther ? [] : kept)) {
      title(heading)
      print(out, lines)
    }
  }
  printApplications(applications, out, title)
}

function print(out: Output, lines: readonly string[]): void {
  for (const line of lines.slice(0, mostLines)) out.line(`  ${line}`)
  if (lines.length > mostLines) out.line(`  … and ${lines.length - mostLines} lines more; --json has all of it`)
}

function featureRow({ name, level, installed, action }: Decisions['features'][number]): string[] {
  const then = action === 'unknown' ? installed === 'absent' ? level <= 0 ? 'disabled' : 'not selected' : 'unchanged'
    : action === 'absent' ? 'removed' : action === 'local' ? installed === 'local' ? 'reinstalled' : 'installed' : action
  return [name, String(level), installed, then]
}

/** Headings with their lines; what does not occur has none. */
function sections(session: PlannedSession, reasons: ReadonlyMap<string, string>, kept: Decisions['files']): [string, string[]][] {
  const operations = session.entries.map(({ operation }) => operation)
  const all = <Name extends Operation['op']>(...names: readonly Name[]): OperationOf<Name>[] =>
    operations.filter((one): one is OperationOf<Name> => (names as readonly string[]).includes(one.op))
  const copies = all('FileCopy')
  const removals = all('FileRemove')
  const bytes = copies.reduce((sum, { size }) => sum + size, 0)
  const found: [string, string[]][] = [
    [`Files to copy: ${copies.length}, ${humanSize(bytes)}`, byFolder(copies.map(({ destination, size }) => [destination, humanSize(size), shortReason(reasons.get(destination))]))],
    [`Files that stay as they are: ${kept.length}`, byFolder(kept.map(({ path, reason }) => [path, '', shortReason(reason)]))],
    [`Files to remove: ${removals.length}`, byFolder(removals.map(({ path }) => [path, '', '']))],
    ['Folders', [...new Set(all('FolderCreate', 'FolderRemove').map((one) => `${one.op === 'FolderCreate' ? 'create' : 'remove, if empty'}  ${one.folder}`))]],
    ['Shortcuts', all('ShortcutCreate', 'ShortcutRemove').map((one) => one.op === 'ShortcutCreate' ? `create  ${one.path} → ${one.target || one.descriptor || ''}` : `remove  ${one.path}`)],
    ['Registry', registryLines(all('RegAddValue', 'RegCreateKey', 'RegRemoveValue', 'RegRemoveKey'))],
    ['Environment', all('UpdateEnvironmentStrings').map(environmentLine)],
    ['Ini files', all('IniWriteRemoveValue').map(({ mode, file, section, key, value }) => `${mode}  ${file} [${section}] ${key}=${value}`)],
    ['XML files', all('XmlChange').flatMap(({ path, edits }) => edits.map(({ edit, element }) => `${edit}  ${path} ${element.path}`))],
    ['Files written from tables', all('FileWrite', 'FileTouch').map(({ op, path }) => `${op === 'FileWrite' ? 'write' : 'new time'}  ${path}`)],
    ['Rights', all('RegGrantAccess').map(({ key, grants }) => `${key}: ${grants.map(({ account, mask }) => `${account} 0x${mask.toString(16)}`).join(', ')}`)],
    ['Fonts', all('FontRegister', 'FontUnregister').map(({ op, path, title }) => `${op === 'FontRegister' ? 'register  ' : 'unregister'}  ${path}${title === '' ? '' : `: ${title}`}`)],
    ['Services', serviceLines(operations)],
    ['Custom actions, which this plan does not run', [
      ...session.immediateActions.map(({ name, description }) => `at once    ${name}: ${description}`),
      ...all('CustomActionSchedule', 'CustomActionRollback', 'CustomActionCommit').map((one) => `${customActionPhase[one.op]}  ${one.action}: type ${one.actionType}${one.hidden ? '' : `, ${one.source} ${one.target}`}`.trimEnd()),
    ]],
    ['At the first start of the root', all('FirstBootPackage').flatMap(({ actions }) => actions.map(({ name, kind, source, target, hidden }) => `${kind === 'library' ? 'library' : 'program'}  ${name}: ${source}${hidden ? '' : ` ${target}`}`.trimEnd()))],
    ['Registration', registrationLines(operations)],
  ]
  return found.filter(([, lines]) => lines.length > 0)
}

const customActionPhase = { CustomActionSchedule: 'deferred ', CustomActionRollback: 'rollback ', CustomActionCommit: 'at commit' } as const

/** `To be installed;  Won't patch;  No existing file`: the last part is the reason. */
function shortReason(reason = ''): string {
  const why = reason.split(';').at(-1)!.trim()
  return why === 'No existing file' ? '' : why
}

/** Files under a line for their folder, in order of first appearance. */
function byFolder(files: readonly (readonly [path: string, size: string, why: string])[]): string[] {
  const folders = new Map<string, (readonly [string, string, string])[]>()
  for (const [path, size, why] of files) {
    const slash = path.lastIndexOf('\\') + 1
    const folder = path.slice(0, slash)
    const members = folders.get(folder) ?? []
    if (members.length === 0) folders.set(folder, members)
    members.push([path.slice(slash), size, why])
  }
  return [...folders].flatMap(([folder, members]) => {
    const nameWidth = Math.min(40, members.reduce((width, [name]) => Math.max(width, name.length), 0))
    const sizeWidth = members.reduce((width, [, size]) => Math.max(width, size.length), 0)
    return [folder, ...members.map(([name, size, why]) => `  ${name.padEnd(nameWidth)}  ${size.padStart(sizeWidth)}  ${why}`.trimEnd())]
  })
}

function registryLines(operations: readonly OperationOf<'RegAddValue' | 'RegCreateKey' | 'RegRemoveValue' | 'RegRemoveKey'>[]): string[] {
  const lines: string[] = []
  let key = ''
  for (const one of operations) {
    if (one.op === 'RegCreateKey' || one.op === 'RegRemoveKey') {
      lines.push(`${one.op === 'RegCreateKey' ? 'create key' : 'remove key'} ${one.key}`)
      continue
    }
    if (one.key !== key) lines.push(one.key)
    key = one.key
    const name = one.name === '' ? '(default)' : escapeControls(one.name)
    lines.push(one.op === 'RegAddValue' ? `  ${name} = ${valueText(one.value)}` : `  remove ${name}`)
  }
  return lines
}

function valueText(value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ': return shown(value.data)
    case 'REG_EXPAND_SZ': return `${shown(value.data)} ${value.type}`
    case 'REG_MULTI_SZ': return `${value.data.map(shown).join(', ')} ${value.type}`
    case 'REG_DWORD': case 'REG_QWORD': return `${value.data} ${value.type}`
    default: return `${cut(value.data)} ${value.type}`
  }
}

function shown(text: string): string {
  return text === '' ? '""' : cut(escapeControls(text))
}

function cut(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function environmentLine({ action, part, name, value }: OperationOf<'UpdateEnvironmentStrings'>): string {
  if (action.startsWith('remove')) return `${name}: remove ${part === 'whole' ? 'it' : value}`
  const condition = action === 'set-if-absent' ? ', if there is none' : ''
  return `${name}: ${part === 'whole' ? 'set to' : part} ${value}${condition}`
}

function serviceLines(operations: readonly Operation[]): string[] {
  return operations.flatMap((one) => {
    switch (one.op) {
      case 'ServiceInstall': return [`install  ${one.name} "${one.displayName}": ${one.imagePath}`]
      case 'ServiceDelete': return [`delete   ${one.name}`]
      case 'ServiceControl': return [`${one.control.padEnd(7)}  ${one.name}`]
      default: return []
    }
  })
}

/** What Windows is told about the product, as counts. */
function registrationLines(operations: readonly Operation[]): string[] {
  const counts = new Map<string, number>()
  for (const { op } of operations) if (/(?:Register|Publish|Unregister|Unpublish|Reg|Unreg)$|^Icon|^DatabaseCopy/.test(op)) counts.set(op, (counts.get(op) ?? 0) + 1)
  return counts.size === 0 ? [] : [[...counts].map(([op, count]) => count === 1 ? op : `${count} × ${op}`).join(', ')]
}

function printApplications({ applications, blind }: ApplicationList, out: Output, title: (text: string) => void): void {
  if (applications.length > 0) {
    title('Applications that hold these files, to be closed and reopened')
    print(out, applicationLines(applications))
  }
  if (blind.length > 0) out.line(`\n${counted(blind.length, 'process', 'processes')} could not be looked into, so others may hold files.`)
}
