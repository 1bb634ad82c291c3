// Columns: the type word of `_Columns`, the letters of text archives and of MsiViewGetColumnInfo, and the raw values
// of cells. https://learn.microsoft.com/windows/win32/msi/column-definition-format
//
// Type word: bits 0-7 width; 0x0100 valid; 0x0200 localizable; 0x0400 and 0x0800 the kind; 0x1000 nullable;
// 0x2000 primary key; 0x4000 temporary. A raw cell is 0 for null, a string's id, or an integer plus its bias.

export type ColumnType = 'string' | 'int16' | 'int32' | 'binary'

export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  /** Characters of a string, 0 for any number; never enforced. */
  readonly width?: number
  readonly nullable?: boolean
  readonly key?: boolean
  readonly localizable?: boolean
  readonly temporary?: boolean
}

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly width: number
  readonly nullable: boolean
  readonly key: boolean
  readonly localizable: boolean
  readonly temporary: boolean
}

const flags = { valid: 0x100, localizable: 0x200, short: 0x400, text: 0x800, nullable: 0x1000, key: 0x2000, temporary: 0x4000 } as const

export function column(definition: ColumnDefinition): Column {
  const { name, type } = definition
  return {
    name, type, width: widthOf(type, definition.width), nullable: definition.nullable ?? false, key: definition.key ?? false,
    localizable: definition.localizable ?? false, temporary: definition.temporary ?? false,
  }
}

function widthOf(type: ColumnType, width = 0): number {
  return type === 'int16' ? 2 : type === 'int32' ? 4 : type === 'binary' ? 0 : width
}

/** The column of a type word, without the bias. */
export function columnFromTypeWord(name: string, word: number): Column {
  const type = typeOfWord(word)
  return {
    name, type, width: widthOf(type, word & 0xff), nullable: (word & flags.nullable) !== 0, key: (word & flags.key) !== 0,
    localizable: (word & flags.localizable) !== 0, temporary: (word & flags.temporary) !== 0,
  }
}

export function typeOfWord(word: number): ColumnType {
  const width = word & 0xff
  const short = (word & flags.short) !== 0
  if ((word & flags.text) !== 0) return short ? 'string' : 'binary'
  return width === 4 ? 'int32' : width > 0 || short ? 'int16' : 'int32'
}

/** Whether every bit of a type word makes sense. */
export function isRegularTypeWord(word: number): boolean {
  const width = word & 0xff
  const short = (word & flags.short) !== 0
  return (word & flags.valid) !== 0 && (word & ~0x7fff) === 0
    && ((word & flags.text) !== 0 ? short || width === 0 : short ? width <= 2 : width === 4)
}

export function typeWord(column: Column): number {
  const kind = { string: flags.text | flags.short, binary: flags.text, int16: flags.short, int32: 0 }[column.type]
  return kind | flags.valid | (column.width & 0xff) | (column.localizable ? flags.localizable : 0)
    | (column.nullable ? flags.nullable : 0) | (column.key ? flags.key : 0) | (column.temporary ? flags.temporary : 0)
}

/** `s72`, `L0`, `I2`, `V0`, `g0`, … as MsiViewGetColumnInfo and line 2 of a text archive have them. */
export function typeLetters(column: Column): string {
  const letter = column.type === 'binary' ? column.temporary ? 'o' : 'v'
    : column.type === 'string' ? column.temporary ? 'g' : column.localizable ? 'l' : 's'
      : column.temporary ? 'j' : 'i'
  return (column.nullable ? letter.toUpperCase() : letter) + String(column.width)
}

/** `undefined` when the text is no column type. */
export function columnFromLetters(name: string, letters: string, key = false): Column | undefined {
  const match = /^([slivgjo])(\d{1,3})$/i.exec(letters)
  if (!match) return undefined
  const letter = match[1]!.toLowerCase()
  const width = Number(match[2])
  const type: ColumnType = 'slg'.includes(letter) ? 'string' : 'vo'.includes(letter) ? 'binary' : width === 4 ? 'int32' : 'int16'
  if (width > 255 || ('ij'.includes(letter) && ![0, 1, 2, 4].includes(width))) return undefined
  return column({ name, type, width, key, nullable: match[1] !== letter, localizable: letter === 'l', temporary: 'gjo'.includes(letter) })
}

export const integerBias = { int16: 0x8000, int32: 0x80000000 } as const

/** Bytes of one cell on disk. */
export function cellSize(type: ColumnType, stringRefSize: 2 | 3): number {
  return type === 'string' ? stringRefSize : type === 'int32' ? 4 : 2
}

/** Numbers of the columns that are saved: temporary ones may stand between them, and transforms do not count those. */
export function savedPositions(columns: readonly Column[]): number[] {
  return columns.flatMap(({ temporary }, position) => temporary ? [] : [position])
}

/** Positions of the columns that make up the primary key. */
export function keysOf(columns: readonly Column[]): number[] {
  const keys: number[] = []
  for (let index = 0; index < columns.length; index++) if (columns[index]!.key) keys.push(index)
  return keys
}
