// The package that a root's own Windows Installer runs when the root has started: nothing but the custom actions that only it
// can run, in their order, with the data that they were given. A real installation gives libraries their session and rolls
// back; no product is registered by it. docs/decisions: custom actions at the first start
import { bytesSource, concatBytes, type ByteSource } from '../../base/index.ts'
import { createDatabase, standardTable, type Cell, type Database } from '../../database/index.ts'
import type { Operation } from '../script/operation.ts'

export type FirstBootOrder = Extract<Operation, { op: 'FirstBootPackage' }>

/** Where the code is, at the time when the package is made. */
export interface FirstBootCode {
  /** A stream of the Binary table. */
  binary(key: string): ByteSource | undefined
  /** An installed file. */
  file(path: string): ByteSource | undefined
}

const summaryProperty = { title: 2, subject: 3, author: 4, template: 7, revision: 9, pageCount: 14, wordCount: 15 } as const
/** Word Count: compressed, with long names. */
const compressed = 2
const kindBits = { library: 1, program: 2 } as const
const placeBits = { binary: 0, directory: 0x20, property: 0x30 } as const
const firstSequence = 1501

/** @throws RangeError when the code of an action is not there */
export function firstBootPackage(order: FirstBootOrder, code: FirstBootCode): Uint8Array {
  const database = createDatabase()
  for (const name of ['Property', 'Directory', 'Feature', 'Component', 'FeatureComponents', 'File', 'Media', 'Binary', 'CustomAction', 'InstallExecuteSequence']) database.createTable(standardTable(name)!)
  const properties: [string, string][] = [
    ['ProductCode', order.productCode], ['ProductName', `${order.productName} (first start)`], ['ProductVersion', '1.0.0'], ['ProductLanguage', '1033'], ['Manufacturer', 'msikit'],
    ['ALLUSERS', '1'], ['REBOOT', 'ReallySuppress'], ['MSIRESTARTMANAGERCONTROL', 'Disable'],
  ]
  insert(database, 'Directory', ['TARGETDIR', null, 'SourceDir'])
  for (const [index, action] of order.actions.entries()) {
    const { source, place } = placed(database, properties, action, index, code)
    const options = action.actionType & ~0x3f
    insert(database, 'CustomAction', [action.name, kindBits[action.kind] | placeBits[place] | options, source, action.kind === 'library' ? action.target : escapeFormatted(action.target), null])
    insert(database, 'InstallExecuteSequence', [action.name, null, firstSequence + index])
    if (action.customActionData !== '') properties.push([action.name, action.customActionData])
  }
  for (const [name, sequence] of [['CostInitialize', 800], ['FileCost', 900], ['CostFinalize', 1000], ['InstallValidate', 1400], ['InstallInitialize', 1500], ['InstallFinalize', 32000]] as const) {
    insert(database, 'InstallExecuteSequence', [name, null, sequence])
  }
  const hidden = order.actions.filter((action) => action.hidden).map(({ name }) => name)
  if (hidden.length > 0) properties.push(['MsiHiddenProperties', hidden.join(';')])
  for (const row of properties) insert(database, 'Property', row)
  database.summary = {
    ...database.summary, properties: new Map([
      [summaryProperty.title, { type: 'lpstr', value: 'Installation Database' }], [summaryProperty.subject, { type: 'lpstr', value: order.productName }], [summaryProperty.author, { type: 'lpstr', value: 'msikit' }],
      [summaryProperty.template, { type: 'lpstr', value: order.template }], [summaryProperty.revision, { type: 'lpstr', value: order.packageCode }],
      [summaryProperty.pageCount, { type: 'i4', value: order.template.startsWith('Arm64') ? 500 : 200 }], [summaryProperty.wordCount, { type: 'i4', value: compressed }],
    ]),
  }
  const parts: Uint8Array[] = []
  database.save({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } })
  return concatBytes(parts)
}

/** Codes in Binary stay there, libraries of files go there; programs elsewhere are named by properties. */
function placed(database: Database, properties: [string, string][], { kind, sourceKind, source, name }: FirstBootOrder['actions'][number], index: number, code: FirstBootCode): { source: string; place: keyof typeof placeBits } {
  if (sourceKind === 'binary' || kind === 'library') {
    const key = sourceKind === 'binary' ? source : `FirstStart${index}`
    const stream = sourceKind === 'binary' ? code.binary(source) : code.file(source)
    if (stream === undefined) throw new RangeError(`${name}: ${source} is not there`)
    if (database.table('Binary')!.find(key) === undefined) insert(database, 'Binary', [key, bytesSource(stream.read(0, stream.size))])
    return { source: key, place: 'binary' }
  }
  const key = `FIRSTSTART${index}`
  properties.push([key, source === '' ? 'C:\\' : source])
  if (sourceKind !== 'directory') return { source: key, place: 'property' }
  insert(database, 'Directory', [key, 'TARGETDIR', '.'])
  return { source: key, place: 'directory' }
}

/** Formatted text that stands for itself. */
function escapeFormatted(text: string): string {
  return text.replaceAll(/[[\]{}]/g, (character) => `[\\${character}]`)
}

function insert(database: Database, table: string, cells: readonly Cell[]): void {
  const one = database.table(table)!
  one.insert(one.columns.map((_, index) => cells[index] ?? null))
}
