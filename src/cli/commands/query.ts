// `msikit query`: SQL against a package. https://learn.microsoft.com/windows/win32/msi/sql-syntax
import type { Cell } from '../../database/index.ts'
import { columnNames, prepare, type View } from '../../sql/index.ts'
import { forceOption } from '../files/output-file.ts'
import { openToEdit, saveEdited } from '../package/edit-package.ts'
import { openPackage } from '../package/open-package.ts'
import { UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { Output } from '../terminal/output.ts'
import { csvOption, rowFormat, writeRows } from '../terminal/rows.ts'

export const run = commandRunner({
  name: 'query',
  summary: 'Ask a package with SQL, or change it',
  about: 'The SQL is Windows Installer\'s: names in back quotes, texts in single quotes, no functions. SELECT with WHERE, joins by\n'
    + 'a list of tables, DISTINCT and ORDER BY; INSERT, UPDATE, DELETE, CREATE, ALTER and DROP TABLE. Statements run in order.\n'
    + 'Changes need a place to go: a new file (-o), or the package itself (--save). With --json, several statements give an array of their rows.\n'
    + 'Columns of two tables with the same name are called TABLE.COLUMN.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'SQL', about: 'One or more statements', count: 'many' }],
  options: {
    parameter: { short: 'p', value: 'TEXT', about: 'Value of the next ? in the statements; may be given several times', many: true },
    output: { short: 'o', value: 'NEW', about: 'Write the changed package to this file' },
    save: { about: 'Write the changes into FILE itself' },
    force: forceOption,
    csv: csvOption,
  },
  examples: [
    ["msikit query putty.msi 'SELECT `FileName`, `FileSize` FROM `File` ORDER BY `FileSize`'", 'Some columns, ordered'],
    ["msikit query app.msi 'SELECT `File` FROM `File` WHERE `Component_` = ?' -p MainComponent", 'With a parameter'],
    ["msikit query app.msi 'UPDATE `Property` SET `Value` = ? WHERE `Property` = ?' -p 2 -p ALLUSERS -o new.msi", 'A changed copy'],
    ['msikit query app.msi "DELETE FROM Property WHERE Property = \'ALLUSERS\'" --save', 'In place; back quotes are only needed around words of the language'],
  ],
  run: (input, host) => {
    const [file, ...statements] = input.positionals
    if (statements.length === 0) throw new UsageError('expected SQL (one or more statements), found nothing')
    const changes = statements.some((one) => /^\s*(?:INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b/i.test(one))
    const format = rowFormat(input)
    const output = input.value('output')
    if (changes && output === undefined && !input.has('save')) throw new UsageError('this changes the package: expected -o NEW (a new file) or --save, found neither')
    const saves = output !== undefined || input.has('save')
    using opened = saves ? openToEdit(file!, input) : openPackage(file!)
    const { database } = opened
    const wanted = statements.map(countMarkers)
    const parameters = input.values('parameter').map((text) => /^-?\d{1,9}$/.test(text) ? Number(text) : text)
    if (parameters.length !== sum(wanted)) throw new UsageError(`expected ${sum(wanted)} of --parameter, one for each ?, found ${parameters.length}`)
    const isList = format === 'json' && statements.length > 1
    const out = isList ? new HeldOutput() : host.out
    for (const [index, statement] of statements.entries()) {
      if (isList) out.write(index === 0 ? '[\n' : ',\n')
      const view = prepare(database, statement)
      view.execute(parameters.splice(0, wanted[index]))
      if (view.columns.length > 0) writeRows(out, columnNames(view.columns), fetchAll(view), format)
      else if (format === 'json') out.json([])
      view.close()
    }
    if (out instanceof HeldOutput) host.out.write(`${out.text}]\n`)
    if (saves) saveEdited(opened, database, input, host)
    return 0
  },
})

/** Of several statements: an array with the rows of each, so that it is one document, and none when one of them fails. */
class HeldOutput extends Output {
  text = ''

  constructor() {
    super(-1)
  }

  override write(text: string): void {
    this.text += text
  }
}

/** Those in quotes are none. */
function countMarkers(statement: string): number {
  return statement.replace(/'[^']*'|`[^`]*`/g, '').split('?').length - 1
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

function* fetchAll(view: View): Generator<Cell[], void> {
  for (let record = view.fetch(); record !== undefined; record = view.fetch()) yield record.cells()
}
