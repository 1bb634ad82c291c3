// The View object. https://learn.microsoft.com/windows/win32/msi/view-object
import { Record, type ModifyMode, type View } from '../sql/index.ts'
import { indexed, isGiven, members, method, nothing, scriptError, toLong, type MemberTable, type Variant } from '../vbscript/index.ts'
import { AutomationObject, type LastError } from './automation-object.ts'
import type { FilesPort } from './ports.ts'
import { RecordObject, recordOf } from './record.ts'

/** From -1. */
const modes: readonly ModifyMode[] = [
  'SEEK', 'REFRESH', 'INSERT', 'UPDATE', 'ASSIGN', 'REPLACE', 'MERGE', 'DELETE', 'INSERT_TEMPORARY', 'VALIDATE', 'VALIDATE_NEW', 'VALIDATE_FIELD', 'VALIDATE_DELETE',
]

/** MSIDBERROR_* by name, for GetError. */
const problems: Readonly<{ [name: string]: number }> = {
  DUPLICATEKEY: 1, REQUIRED: 2, BADLINK: 3, OVERFLOW: 4, UNDERFLOW: 5, NOTINSET: 6, BADVERSION: 7, BADCASE: 8, BADGUID: 9, BADWILDCARD: 10,
  BADIDENTIFIER: 11, BADLANGUAGE: 12, BADFILENAME: 13, BADPATH: 14, BADCONDITION: 15, BADFORMATTED: 16, BADTEMPLATE: 17, BADDEFAULTDIR: 18,
  BADREGPATH: 19, BADCUSTOMSOURCE: 20, BADPROPERTY: 21, MISSINGDATA: 22, BADCATEGORY: 23, BADKEYTABLE: 24, BADMAXMINVALUES: 25, BADCABINET: 26,
  BADSHORTCUT: 27, STRINGOVERFLOW: 28, BADLOCALIZEATTRIB: 29,
}

export class ViewObject extends AutomationObject {
  readonly typeName = 'View'
  readonly members: MemberTable<never> = table
  readonly view: View
  readonly #files: FilesPort | undefined

  constructor(view: View, files: FilesPort | undefined, lastError: LastError) {
    super(lastError)
    this.view = view
    this.#files = files
  }

  execute(parameters: Variant): void {
    if (isGiven(parameters) && parameters !== nothing) this.view.execute(recordOf(parameters).record)
    else this.view.execute()
  }

  fetch(): Variant {
    const record = this.view.fetch()
    return record === undefined ? nothing : this.#wrap(record)
  }

  columnInfo(kind: number): Variant {
    if (kind !== 0 && kind !== 1) throw scriptError(5)
    return this.#wrap(Record.of(...this.view.columns.map((column) => kind === 0 ? column.name : column.type)))
  }

  modify(mode: number, record: Variant): void {
    const name = modes[mode + 1]
    if (name === undefined) throw scriptError(5)
    this.view.modify(name, recordOf(record).record)
  }

  /** Two digits of MSIDBERROR and the column; `00` when there is no more. */
  nextError(): string {
    const problem = this.view.nextProblem()
    return problem === undefined ? '00' : `${String(problems[problem.error] ?? 0).padStart(2, '0')}${problem.column}`
  }

  #wrap(record: Record): RecordObject {
    return new RecordObject(record, this.#files, this.lastError)
  }
}

const table = members<ViewObject>({
  Execute: method([0, 1], (self, parameters) => void self.execute(parameters)),
  Fetch: method(0, (self) => self.fetch()),
  Modify: method(2, (self, mode, record) => void self.modify(toLong(mode), record)),
  ColumnInfo: indexed(1, (self, kind) => self.columnInfo(toLong(kind))),
  GetError: method(0, (self) => self.nextError()),
  Close: method(0, (self) => void self.view.close()),
})
