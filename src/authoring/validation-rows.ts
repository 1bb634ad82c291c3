// The `_Validation` table: what each column of the package's tables may hold.
// https://learn.microsoft.com/windows/win32/msi/-validation-table
import type { Draft } from './draft.ts'

/** One row for each column of each table, `_Validation` itself among them. */
export function addValidation(draft: Draft): void {
  draft.table('_Validation')
  for (const { name, columns } of [...draft.tables].sort((a, b) => a.name < b.name ? -1 : 1)) {
    for (const column of columns) {
      if (column.temporary === true) continue
      const isText = column.type === 'string'
      draft.add('_Validation', {
        Table: name, Column: column.name, Nullable: column.nullable === true ? 'Y' : 'N',
        MinValue: column.minimum, MaxValue: column.maximum,
        KeyTable: column.keyTables?.join(';'), KeyColumn: column.keyTables === undefined ? null : column.keyColumn ?? 1,
        Category: column.type === 'binary' ? 'Binary' : isText ? categoryName(column.category) : null,
        Set: column.values?.join(';'),
      })
    }
  }
}

/** The table spells this one category in its own way. */
function categoryName(category: string | undefined): string {
  return category === 'GUID' ? 'Guid' : category ?? 'Text'
}
