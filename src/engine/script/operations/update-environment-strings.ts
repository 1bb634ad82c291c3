// UpdateEnvironmentStrings: environment variables as the registry keeps them.
// https://learn.microsoft.com/windows/win32/msi/environment-table
import { foldCase } from '../../../base/index.ts'
import type { RegistryValue } from '../../../platform/index.ts'
import type { OperationOf } from '../handler.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

type UpdateEnvironmentStrings = OperationOf<'UpdateEnvironmentStrings'>

export const updateEnvironmentStrings: RegistryHandler<UpdateEnvironmentStrings> = registryOperation(
  (operation, registry) => {
    const { key, name } = operation
    const present = registry.value(key, name)
    const before = textOf(present)
    const after = newText(operation, before)
    if (after === before) return []
    if (after === undefined) return [{ edit: 'delete-value', key, name, pruneKey: false }]
    const type = present?.type === 'REG_EXPAND_SZ' || after.includes('%') ? 'REG_EXPAND_SZ' : 'REG_SZ'
    return [{ edit: 'set', key, name, value: { type, data: after } }]
  },
)

/** `undefined`: there is no such variable. */
function newText(operation: UpdateEnvironmentStrings, before: string | undefined): string | undefined {
  const { action, part, value } = operation
  switch (action) {
    case 'set-if-absent': return before ?? value
    case 'set':
      if (part === 'whole') return value === '' ? undefined : value
      return before === undefined || before === '' ? value : withPart(operation, before)
    case 'remove':
      if (before === undefined || part === 'whole') return undefined
      return withoutPart(operation, before)
    case 'remove-if-equal':
      if (part !== 'whole') return before === undefined ? undefined : withoutPart(operation, before)
      return value === '' || before === undefined || foldCase(before) === foldCase(value) ? undefined : before
  }
}

function withPart({ value, part, separator }: UpdateEnvironmentStrings, before: string): string {
  if (hasPart(before, value, separator)) return before
  if (part === 'prepend') return before.startsWith(separator) ? value + before : value + separator + before
  return before.endsWith(separator) ? before + value : before + separator + value
}

function hasPart(text: string, value: string, separator: string): boolean {
  const parts = new Set(text.split(separator).map(foldCase))
  return value.split(separator).every((part) => part === '' || parts.has(foldCase(part)))
}

/** The part goes with one of the separators beside it; a variable that empties goes too. */
function withoutPart({ value, separator }: UpdateEnvironmentStrings, before: string): string | undefined {
  const joined = value + separator
  if (value !== '' && before.startsWith(joined)) return before.slice(joined.length) || undefined
  if (value !== '' && before.endsWith(separator + value)) return before.slice(0, -joined.length)
  const taken = new Set(value.split(separator).filter((part) => part !== '').map(foldCase))
  const parts = before.split(separator)
  const left = parts.filter((part) => !taken.has(foldCase(part)))
  if (left.length === parts.length) return before
  const text = left.join(separator)
  return text === '' ? undefined : text
}

function textOf(value: RegistryValue | undefined): string | undefined {
  return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : undefined
}
