// The Database object. https://learn.microsoft.com/windows/win32/msi/database-object
import { bytesSource, readAll, WindowsError } from '../base/index.ts'
import { writeCompoundFile } from '../compound-file/index.ts'
import { applyTransform, exportTable, generateTransform, importTable, mergeDatabase, transformValidations, type Database } from '../database/index.ts'
import { prepare, Record } from '../sql/index.ts'
import { indexed, isGiven, isObject, long, members, method, nothing, property, scriptError, toLong, toText, type MemberTable, type Variant } from '../vbscript/index.ts'
import { AutomationObject, type LastError } from './automation-object.ts'
import type { FilesPort } from './ports.ts'
import { RecordObject } from './record.ts'
import { SummaryInfoObject } from './summary-info.ts'
import { ViewObject } from './view.ts'

export interface DatabaseContext {
  readonly files: FilesPort | undefined
  readonly utcOffsetMinutes: number
  readonly lastError: LastError
}

export class DatabaseObject extends AutomationObject {
  readonly typeName = 'Database'
  readonly members: MemberTable<never> = table
  readonly database: Database
  /** `''` when it is of no file. */
  readonly path: string
  readonly #context: DatabaseContext
  /** Writes the database where it belongs; `undefined` for one that cannot be changed. */
  readonly #commit: (() => void) | undefined

  constructor(database: Database, context: DatabaseContext, commit: (() => void) | undefined, path = '') {
    super(context.lastError)
    this.database = database
    this.path = path
    this.#context = context
    this.#commit = commit
  }

  get state(): number {
    return this.#commit === undefined ? 0 : 1
  }

  openView(sql: string): Variant {
    return new ViewObject(prepare(this.database, sql), this.#context.files, this.lastError)
  }

  primaryKeys(name: string): Variant {
    const found = this.database.table(name)
    if (found === undefined) throw new WindowsError('ERROR_INVALID_TABLE', `table ${name}: expected a table of the database`)
    const record = Record.of(...found.keyColumns.map((position) => found.columns[position]!.name))
    record.set(0, name)
    return new RecordObject(record, this.#context.files, this.lastError)
  }

  /** msiEvaluateCondition: 0 temporary, 1 persistent, 2 there is none. */
  persistence(name: string): number {
    const found = this.database.table(name)
    return found === undefined ? 2 : found.temporary ? 0 : 1
  }

  summary(updateCount: number): Variant {
    return new SummaryInfoObject(this.database.summary, updateCount, this.#context.utcOffsetMinutes, (summary) => { this.database.summary = summary }, this.lastError)
  }

  commit(): void {
    this.#commit?.()
  }

  get #files(): FilesPort {
    const { files } = this.#context
    if (files === undefined) throw scriptError(445)
    return files
  }

  export(name: string, folder: string, file: string): void {
    const files = this.#files
    const bytes = exportTable(this.database, name, {
      onStream: (fileName, source) => {
        const place = files.join(folder, name)
        files.createFolder(place)
        files.write(files.join(place, fileName), (sink) => { sink.write(readAll(source)) })
      },
    })
    files.write(files.join(folder, file), (sink) => { sink.write(bytes) })
  }

  import(folder: string, file: string): void {
    const files = this.#files
    const archive = readAll(files.read(files.join(folder, file)))
    const tableFolder = files.join(folder, file.replace(/\.[^.]*$/, ''))
    importTable(this.database, archive, { stream: (fileName) => bytesSource(readAll(files.read(files.join(tableFolder, fileName)))) })
  }

  applyTransform(path: string, errorConditions: number): void {
    applyTransform(this.database, this.#files.read(path), { errorConditions })
  }

  /** Whether there is a difference. Without a path nothing is written. */
  generateTransform(reference: Database, path: string | undefined): boolean {
    return this.#writeTransform(reference, path, {})
  }

  /** The transform is written anew, with what it is to check. */
  describeTransform(reference: Database, path: string, errorConditions: number, validation: number): void {
    const needed = ['ProductCode', 'ProductVersion', ...((validation & transformValidations.upgradeCode) === 0 ? [] : ['UpgradeCode'])]
    for (const property of needed) {
      if ([this.database, reference].some((one) => one.table('Property')?.find(property) === undefined)) {
        throw new WindowsError('ERROR_INSTALL_PACKAGE_INVALID', `transform: expected a property ${property} in both databases`)
      }
    }
    this.#writeTransform(reference, path, { errorConditions, validation })
  }

  #writeTransform(reference: Database, path: string | undefined, conditions: { errorConditions?: number; validation?: number }): boolean {
    const content = generateTransform(this.database, reference, conditions)
    if (content !== undefined && path !== undefined) this.#files.write(path, (sink) => { writeCompoundFile(content, sink) })
    return content !== undefined
  }

  /** Whether something conflicts; conflicts are counted in the table, if there is a name for it. */
  merge(reference: Database, errorTable: string | undefined): boolean {
    return mergeDatabase(this.database, reference, errorTable === undefined ? {} : { errorTable }).length > 0
  }
}

/** @throws ScriptError 13 */
export function databaseObject(value: Variant): DatabaseObject {
  if (isObject(value) && value instanceof DatabaseObject) return value
  throw scriptError(13)
}

function databaseOf(value: Variant): Database {
  return databaseObject(value).database
}

function optional(value: Variant): string | undefined {
  return isGiven(value) && value !== nothing && toText(value) !== '' ? toText(value) : undefined
}

const table = members<DatabaseObject>({
  DatabaseState: property((self) => long(self.state)),
  SummaryInformation: indexed([0, 1], (self, count) => self.summary(isGiven(count) ? toLong(count) : 0)),
  PrimaryKeys: indexed(1, (self, name) => self.primaryKeys(toText(name))),
  TablePersistent: indexed(1, (self, name) => long(self.persistence(toText(name)))),
  OpenView: method(1, (self, sql) => self.openView(toText(sql))),
  Commit: method(0, (self) => void self.commit()),
  Export: method(3, (self, name, folder, file) => void self.export(toText(name), toText(folder), toText(file))),
  Import: method(2, (self, folder, file) => void self.import(toText(folder), toText(file))),
  ApplyTransform: method([1, 2], (self, path, conditions) => void self.applyTransform(toText(path), isGiven(conditions) ? toLong(conditions) : 0)),
  GenerateTransform: method([1, 2], (self, reference, path) => self.generateTransform(databaseOf(reference), optional(path))),
  CreateTransformSummaryInfo: method(4, (self, reference, path, errors, validation) => void self.describeTransform(databaseOf(reference), toText(path), toLong(errors), toLong(validation))),
  Merge: method([1, 2], (self, reference, errorTable) => self.merge(databaseOf(reference), optional(errorTable))),
  // Dialogs need a display, which no script has here.
  EnableUIPreview: method(0, () => { throw scriptError(445, 'EnableUIPreview') }),
})
