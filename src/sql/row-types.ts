// What TypeScript can know of a query's rows from its text: the names in the column list, and the types that documented
// tables give them. A column of a table that nobody documents is a `Cell`; so is everything when the text is not a
// literal, or has something this does not understand. Types only; nothing of this runs.
import type { Cell, StandardColumnType, StandardRow } from '../database/index.ts'

/** A row of a query by its text: `{ File: string; FileSize: number }`. */
export type QueryRow<Query extends string> =
  string extends Query ? AnyRow
    : Words<Query> extends `SELECT ${infer Rest}` ? Parts<Rest extends `DISTINCT ${infer Items}` ? Items : Rest>
      : Words<Query> extends `${'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'ALTER' | 'DROP'} ${string}` ? never : AnyRow

/** Of a query that is not known when the program is compiled, or that selects all columns of whatever a package has. */
export type AnyRow = { readonly [column: string]: Cell }

type Parts<Text extends string> = Text extends `${infer Items} FROM ${infer Rest}` ? Columns<Split<Items>, Split<Tables<Rest>>> : AnyRow
type Tables<Text extends string> = Text extends `${infer Names} WHERE ${string}` ? Names : Text extends `${infer Names} ORDER ${string}` ? Names : Text

type Columns<Items extends readonly string[], From extends readonly string[]> =
  '*' extends Items[number] ? From['length'] extends 1 ? AnyRow & StandardRow<From[0]> : AnyRow
    : string extends Items[number] ? AnyRow
      : { readonly [Item in Items[number] as Item extends `'${string}` ? never : Key<Item, Items>]: CellOf<Item, From[number]> }

/** A column is called by its name alone, unless the list has that name twice. */
type Key<Item extends string, Items extends readonly string[]> = IsOnce<Name<Item>, Items> extends true ? Name<Item> : Item
type Name<Item extends string> = Item extends `${string}.${infer Column}` ? Column : Item
type IsOnce<Column extends string, Items extends readonly string[], Seen extends boolean = false> =
  Items extends readonly [infer First extends string, ...infer Others extends readonly string[]]
    ? Name<First> extends Column ? Seen extends true ? false : IsOnce<Column, Others, true> : IsOnce<Column, Others, Seen>
    : true

type CellOf<Item extends string, Table extends string> = Item extends `${infer Own}.${infer Column}` ? StandardColumnType<Own, Column> : OfAny<Table, Item>
/** Each table that has no such column gives `never`; when all do, nothing is known. */
type OfAny<Table extends string, Column extends string> =
  [Known<Table, Column>] extends [never] ? Cell : Known<Table, Column>
type Known<Table extends string, Column extends string> = Table extends string ? Cell extends StandardColumnType<Table, Column> ? never : StandardColumnType<Table, Column> : never

type Split<List extends string> = List extends `${infer First},${infer Rest}` ? [Trim<First>, ...Split<Rest>] : [Trim<List>]

/** Without backticks, on one line, and the words that matter in capitals: a name in backticks is no such word. */
type Words<Text extends string> = Names<Keywords<Trim<Lines<Replace<Text, '\t', ' '>>>>>
type Names<Text extends string, Clean extends string = ''> = Text extends `${infer Before}\`${infer Rest}` ? Names<Rest, `${Clean}${Before}`> : `${Clean}${Text}`
type Lines<Text extends string, Clean extends string = ''> = Text extends `${infer Line}\n${infer Rest}` ? Lines<Trim<Rest>, `${Clean}${Trim<Line>} `> : `${Clean}${Text}`
type Trim<Text extends string> = Text extends `${' ' | '\n' | '\t'}${infer Rest}` ? Trim<Rest> : Text extends `${infer Rest}${' ' | '\n' | '\t'}` ? Trim<Rest> : Text
type Replace<Text extends string, Old extends string, New extends string, Clean extends string = ''> =
  Text extends `${infer Before}${Old}${infer After}` ? Replace<After, Old, New, `${Clean}${Before}${New}`> : `${Clean}${Text}`

type Keywords<Text extends string, Clean extends string = ''> =
  Text extends `${infer Word} ${infer Rest}` ? Keywords<Rest, `${Clean}${Keyword<Word, Rest>} `> : `${Clean}${Text}`
/** ORDER is a column too. */
type Keyword<Word extends string, Rest extends string> =
  Uppercase<Word> extends 'SELECT' | 'DISTINCT' | 'FROM' | 'WHERE' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'ALTER' | 'DROP' ? Uppercase<Word>
    : Uppercase<Word> extends 'ORDER' ? Uppercase<Rest> extends `BY ${string}` ? 'ORDER' : Word : Word
