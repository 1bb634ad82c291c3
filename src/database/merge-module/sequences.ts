// The actions of a merge module in the sequence tables of the package.
// https://learn.microsoft.com/windows/win32/msi/authoring-merge-module-sequence-tables
// Standard actions have numbers, of which the package's own win; custom actions and dialogs go before or after another one.
import type { Database } from '../database.ts'
import type { Table } from '../table/table.ts'
import type { MergeProblem } from './problem.ts'

const mergedSequences = ['AdminExecuteSequence', 'AdminUISequence', 'AdvtExecuteSequence', 'InstallExecuteSequence', 'InstallUISequence'] as const
export const moduleSequenceTables: ReadonlySet<string> = new Set([...mergedSequences, 'AdvtUISequence'].map((name) => `Module${name}`))

interface Placed {
  readonly action: string
  readonly condition: string
  readonly base: string
  readonly after: boolean
}

/** @returns actions that could not be placed */
export function mergeSequences(database: Database, module: Database): MergeProblem[] {
  return mergedSequences.flatMap((name) => {
    const rows = [...module.table(`Module${name}`)?.rows() ?? []]
    const target = database.table(name)
    if (rows.length === 0 || target === undefined) return []
    const waiting: Placed[] = []
    for (const row of rows) {
      const [action, sequence] = [row.text('Action'), row.integer('Sequence')]
      if (target.find(action) !== undefined) continue
      if (sequence !== null) target.insert(target.columns.map(({ name: column }) => column === 'Action' ? action : column === 'Sequence' ? sequence : row.cell(column)))
      else waiting.push({ action, condition: row.text('Condition'), base: row.text('BaseAction'), after: row.integer('After') === 1 })
    }
    return place(target, waiting).map(({ action, base }): MergeProblem => ({
      type: 'resequenceMerge', table: `Module${name}`, key: [action],
      message: `action ${action}: expected the action ${base || '(none)'} it stands beside to have a number, found none`,
    }))
  })
}

/** Actions may stand beside others that wait themselves. @returns those that nothing leads to */
function place(target: Table, waiting: readonly Placed[]): Placed[] {
  let left = waiting
  for (;;) {
    const later: Placed[] = []
    for (const one of left) {
      const base = target.find(one.base)?.integer('Sequence') ?? null
      if (base === null || base <= 0) later.push(one)
      else insertBeside(target, one, base)
    }
    if (later.length === left.length) return later
    left = later
  }
}

function insertBeside(target: Table, { action, condition, after }: Placed, base: number): void {
  const numbers = new Map<number, number>()
  for (const row of target.rows()) {
    const number = row.integer('Sequence') ?? 0
    if (number > 0) numbers.set(number, row.number)
  }
  const wanted = after ? base + 1 : base - 1
  const isFree = wanted > 0 && !numbers.has(wanted)
  const number = isFree ? wanted : after ? wanted : base
  if (!isFree) makeRoom(target, numbers, number)
  target.insert(target.columns.map(({ name }) => name === 'Action' ? action : name === 'Sequence' ? number : name === 'Condition' ? condition || null : null))
}

/** Moves the run of numbers that begins here up by one. */
function makeRoom(target: Table, numbers: ReadonlyMap<number, number>, first: number): void {
  let end = first
  while (numbers.has(end)) end++
  const sequence = target.columnNumber('Sequence')!
  for (let number = end - 1; number >= first; number--) target.updateCell(numbers.get(number)!, sequence, number + 1)
}
