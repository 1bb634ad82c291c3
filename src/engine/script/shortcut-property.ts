// A property of the shell that a shortcut gets, as an operation has it: plain data. https://learn.microsoft.com/windows/win32/msi/msishortcutproperty-table
import { guidToBytes } from '../../base/index.ts'
import type { ShellProperty } from '../../shell-link/index.ts'

export interface ShortcutProperty {
  readonly formatId: string
  readonly id: number
  readonly kind: 'string' | 'boolean' | 'number' | 'guid'
  readonly text: string
}

const variantGuid = 72

/** As the link keeps it; `undefined` for a text that does not fit the type. */
export function shellProperty({ formatId, id, kind, text }: ShortcutProperty): ShellProperty | undefined {
  switch (kind) {
    case 'string': return { formatId, id, value: { type: 'string', value: text } }
    case 'boolean': return /^(1|0|-1|true|false)$/i.test(text) ? { formatId, id, value: { type: 'boolean', value: !/^(0|false)$/i.test(text) } } : undefined
    case 'number': return /^\d{1,9}$/.test(text) ? { formatId, id, value: { type: 'number', value: Number(text) } } : undefined
    case 'guid': {
      const bytes = guidToBytes(text)
      return bytes === undefined ? undefined : { formatId, id, value: { type: 'other', variant: variantGuid, bytes } }
    }
  }
}
