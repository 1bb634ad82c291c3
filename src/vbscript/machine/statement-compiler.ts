// Instructions of statements. Blocks end with a mark, so that On Error Resume Next goes on behind their last statement
// and not in the next branch; loops are left by jumps that are filled in at their end.
import type { Expression, Statement } from '../language/ast.ts'
import { keyOf, type ExpressionCompiler } from './expression-compiler.ts'

interface Jump { target: number }

/** Jumps out of the innermost loops of each kind. */
interface Exits {
  readonly do: Jump[] | undefined
  readonly for: Jump[] | undefined
}

export function compileStatements(compiler: ExpressionCompiler, statements: readonly Statement[], exits: Exits = { do: undefined, for: undefined }): void {
  for (const one of statements) {
    compiler.emit({ op: 'statement', position: { line: one.line, column: one.column } })
    compileStatement(compiler, one, exits)
  }
}

function compileStatement(compiler: ExpressionCompiler, one: Statement, exits: Exits): void {
  switch (one.type) {
    // Declarations are at the beginning of their procedure.
    case 'dim': case 'const': case 'stop': break
    case 'redim': {
      for (const bound of one.bounds) compiler.value(bound)
      const key = keyOf(one.name)
      const slot = compiler.slots.get(key)
      const rest = { count: one.bounds.length, preserve: one.preserve }
      compiler.emit(slot === undefined ? { op: 'redim-name', name: one.name, key, ...rest } : { op: 'redim-local', slot, ...rest })
      break
    }
    case 'erase':
      compiler.value(one.target)
      compiler.emit({ op: 'erase' })
      break
    case 'assign': compiler.store(one.target, () => { compiler.value(one.value) }, one.isSet); break
    case 'call':
      compiler.call(one.target, one.args, false, true)
      compiler.emit({ op: 'pop' })
      break
    case 'if': compileIf(compiler, one, exits); break
    case 'select': compileSelect(compiler, one, exits); break
    case 'for': compileFor(compiler, one, exits); break
    case 'each': compileEach(compiler, one, exits); break
    case 'do': compileDo(compiler, one, exits); break
    case 'with': compileWith(compiler, one, exits); break
    case 'on-error': compiler.emit({ op: 'on-error', resumeNext: one.resumeNext }); break
    case 'exit': compileExit(compiler, one.what, exits); break
    default: one satisfies never
  }
}

function compileExit(compiler: ExpressionCompiler, what: string, exits: Exits): void {
  if (what !== 'do' && what !== 'for') {
    compiler.emit({ op: 'clear-error' })
    compiler.emit({ op: 'return' })
    return
  }
  exits[what]!.push(compiler.emit({ op: 'jump', target: -1 }))
}

function compileIf(compiler: ExpressionCompiler, { condition, body, otherwise }: Statement & { type: 'if' }, exits: Exits): void {
  compiler.value(condition)
  const toElse = compiler.emit({ op: 'jump-if-false', target: -1 })
  compileStatements(compiler, body, exits)
  if (otherwise.length === 0) {
    toElse.target = compiler.here
    return
  }
  compiler.emit({ op: 'mark' })
  const toEnd = compiler.emit({ op: 'jump', target: -1 })
  toElse.target = compiler.here
  compileStatements(compiler, otherwise, exits)
  toEnd.target = compiler.here
}

function compileSelect(compiler: ExpressionCompiler, { subject, cases, otherwise }: Statement & { type: 'select' }, exits: Exits): void {
  const slot = compiler.newSlot()
  compiler.value(subject)
  compiler.emit({ op: 'keep', slot })
  const hardLeft = subject.type === 'literal'
  const ends: Jump[] = []
  for (const { tests, body } of cases) {
    const hits = tests.map((test): Jump => {
      compiler.emit({ op: 'load-local', slot })
      compiler.value(test)
      compiler.emit({ op: 'binary', operator: '=', hardLeft, hardRight: test.type === 'literal' && test.value !== null && test.value !== undefined })
      return compiler.emit({ op: 'jump-if-true', target: -1 })
    })
    const toNext = compiler.emit({ op: 'jump', target: -1 })
    for (const hit of hits) hit.target = compiler.here
    compileStatements(compiler, body, exits)
    compiler.emit({ op: 'mark' })
    ends.push(compiler.emit({ op: 'jump', target: -1 }))
    toNext.target = compiler.here
  }
  compileStatements(compiler, otherwise, exits)
  for (const end of ends) end.target = compiler.here
}

function compileFor(compiler: ExpressionCompiler, { variable, from, to, step, body }: Statement & { type: 'for' }, exits: Exits): void {
  // Two slots side by side: limit and step.
  const limit = compiler.newSlot()
  compiler.newSlot()
  const control: Expression = { type: 'name', name: variable }
  compiler.store(control, () => {
    compiler.value(from)
    compiler.value(to)
    if (step === undefined) compiler.emit({ op: 'missing' })
    else compiler.value(step)
    compiler.emit({ op: 'for-prepare', limit })
  }, false)
  const top = compiler.here
  compiler.value(control)
  const toEnd = compiler.emit({ op: 'for-test', limit, target: -1 })
  const leaving: Jump[] = []
  compileStatements(compiler, body, { ...exits, for: leaving })
  compiler.emit({ op: 'mark' })
  compiler.store(control, () => {
    compiler.value(control)
    compiler.emit({ op: 'for-step', limit })
  }, false)
  compiler.emit({ op: 'jump', target: top })
  leaveAt(compiler, [toEnd, ...leaving])
}

function compileEach(compiler: ExpressionCompiler, { variable, collection, body }: Statement & { type: 'each' }, exits: Exits): void {
  const slot = compiler.newSlot()
  compiler.value(collection)
  compiler.emit({ op: 'each-prepare', slot })
  const top = compiler.here
  const next = compiler.emit({ op: 'each-next', slot, target: -1 })
  // Elements of any kind are taken as they are.
  const key = keyOf(variable)
  const local = compiler.slots.get(key)
  compiler.emit(local === undefined ? { op: 'store-name', name: variable, key, how: 'any' } : { op: 'store-local', slot: local, how: 'any' })
  const leaving: Jump[] = []
  compileStatements(compiler, body, { ...exits, for: leaving })
  compiler.emit({ op: 'mark' })
  compiler.emit({ op: 'jump', target: top })
  leaveAt(compiler, [next, ...leaving])
}

function compileDo(compiler: ExpressionCompiler, { condition, until, test, body }: Statement & { type: 'do' }, exits: Exits): void {
  const leaving: Jump[] = []
  const top = compiler.here
  const testHere = (): void => {
    compiler.value(condition!)
    leaving.push(compiler.emit({ op: until ? 'jump-if-true' : 'jump-if-false', target: -1 }))
  }
  if (condition !== undefined && test === 'before') testHere()
  compileStatements(compiler, body, { ...exits, do: leaving })
  compiler.emit({ op: 'mark' })
  if (condition !== undefined && test === 'after') testHere()
  compiler.emit({ op: 'jump', target: top })
  leaveAt(compiler, leaving)
}

function compileWith(compiler: ExpressionCompiler, { object, body }: Statement & { type: 'with' }, exits: Exits): void {
  const slot = compiler.newSlot()
  compiler.value(object)
  compiler.emit({ op: 'keep-object', slot })
  compiler.withSlots.push(slot)
  compileStatements(compiler, body, exits)
  compiler.withSlots.pop()
}

function leaveAt(compiler: ExpressionCompiler, jumps: readonly Jump[]): void {
  for (const jump of jumps) jump.target = compiler.here
}
