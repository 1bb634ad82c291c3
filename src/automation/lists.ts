// StringList and RecordList. https://learn.microsoft.com/windows/win32/msi/stringlist-object, recordlist-object
import { HostObject, indexed, long, members, property, scriptError, toLong, type MemberTable, type Variant } from '../vbscript/index.ts'

abstract class List extends HostObject {
  readonly members: MemberTable<never> = listMembers
  readonly items: readonly Variant[]

  constructor(items: readonly Variant[]) {
    super()
    this.items = items
  }

  /** From 0. @throws ScriptError 9 */
  at(index: Variant): Variant {
    const number = toLong(index)
    if (number < 0 || number >= this.items.length) throw scriptError(9)
    return this.items[number]
  }

  elements(): Iterable<Variant> {
    return this.items
  }
}

const item = indexed<List>(1, (self, index) => self.at(index))
const listMembers = members<List>({ '': item, Item: item, Count: property((self) => long(self.items.length)) })

export class StringList extends List {
  readonly typeName = 'StringList'
}

export class RecordList extends List {
  readonly typeName = 'RecordList'
}
