// From the syntax tree to instructions. Parameters and variables of a procedure have slots, wherever it declares them; all
// other names are looked up when the instruction runs, for a script can bring new ones at any time.
import type { ClassDeclaration, Expression, ProcedureDeclaration, Script, Statement } from '../language/ast.ts'
import { compileError } from '../values/script-error.ts'
import { VariantArray } from '../values/variant-array.ts'
import type { ClassMember, CompiledScript, Procedure, ProcedureKind, ScriptClass } from './code.ts'
import { ExpressionCompiler, keyOf } from './expression-compiler.ts'
import { compileStatements } from './statement-compiler.ts'

export function compileScript(script: Script): CompiledScript {
  const procedures = new Map<string, Procedure>()
  for (const one of script.procedures) procedures.set(keyOf(one.name), compileProcedure(one, script.explicit))
  const classes = new Map<string, ScriptClass>()
  for (const one of script.classes) {
    if (classes.has(keyOf(one.name))) throw compileError(1041, one)
    classes.set(keyOf(one.name), compileClass(one, script.explicit))
  }
  return { main: compileMain(script.statements, script.explicit), procedures, classes }
}

/** Code of Execute within a procedure sees its variables. */
export function compileText(script: Script, around: Procedure | undefined): Procedure {
  return compileMain(script.statements, script.explicit || (around?.explicit ?? false), around)
}

/** What Eval runs. */
export function compileExpression(expression: Expression, around: Procedure | undefined): Procedure {
  const compiler = new ExpressionCompiler(new Map(around?.slots), around?.slotCount ?? 0)
  const result = compiler.newSlot()
  compiler.value(expression)
  compiler.emit({ op: 'keep', slot: result })
  compiler.emit({ op: 'return' })
  return finish(compiler, { name: 'Eval', kind: 'function', parameters: [], result, explicit: around?.explicit ?? false, isPrivate: false })
}

function compileMain(statements: readonly Statement[], explicit: boolean, around?: Procedure): Procedure {
  const compiler = new ExpressionCompiler(new Map(around?.slots), around?.slotCount ?? 0)
  declareNames(compiler, statements)
  compileStatements(compiler, statements)
  compiler.emit({ op: 'mark' })
  compiler.emit({ op: 'return' })
  return finish(compiler, { name: '', kind: 'main', parameters: [], result: undefined, explicit, isPrivate: false })
}

/** Dim and Const at script level are known from the first statement on. */
function declareNames(compiler: ExpressionCompiler, statements: readonly Statement[]): void {
  eachStatement(statements, (one) => {
    if (one.type === 'dim') for (const { name, bounds } of one.variables) compiler.emit({ op: 'declare', name, key: keyOf(name), bounds })
    if (one.type !== 'const') return
    compiler.value(one.value)
    compiler.emit({ op: 'declare-constant', name: one.name, key: keyOf(one.name) })
  })
}

function compileProcedure(declaration: ProcedureDeclaration, explicit: boolean): Procedure {
  const { name, kind, parameters, body, access } = declaration
  const compiler = new ExpressionCompiler(new Map(), 0)
  for (const one of parameters) compiler.declare(one.name)
  const hasResult = kind === 'function' || kind === 'get'
  const result = hasResult ? compiler.declare(name) : undefined
  if (hasResult) compiler.ownName = keyOf(name)
  declareLocals(compiler, body, new Set(hasResult ? [keyOf(name)] : []))
  compileStatements(compiler, body)
  compiler.emit({ op: 'mark' })
  compiler.emit({ op: 'return' })
  return finish(compiler, { name, kind, parameters, result, explicit, isPrivate: access === 'private' })
}

function declareLocals(compiler: ExpressionCompiler, body: readonly Statement[], except: ReadonlySet<string>): void {
  const declared = new Set(compiler.slots.keys())
  eachStatement(body, (one) => {
    if (one.type === 'const') {
      const slot = compiler.declare(one.name)
      compiler.value(one.value)
      compiler.emit({ op: 'store-local', slot, how: 'let' })
      compiler.emit({ op: 'fix-local', slot })
    }
    if (one.type !== 'dim') return
    for (const { name, bounds } of one.variables) {
      const key = keyOf(name)
      if (declared.has(key) || except.has(key)) throw compileError(1041, one)
      declared.add(key)
      const slot = compiler.declare(name)
      if (bounds !== undefined) compiler.emit({ op: 'dimension-local', slot, bounds })
    }
  })
}

/** Each statement, also those within others. */
function eachStatement(statements: readonly Statement[], visit: (one: Statement) => void): void {
  for (const one of statements) {
    visit(one)
    if ('body' in one) eachStatement(one.body, visit)
    if (one.type === 'select') for (const { body } of one.cases) eachStatement(body, visit)
    if ('otherwise' in one) eachStatement(one.otherwise, visit)
  }
}

function finish(compiler: ExpressionCompiler, rest: { name: string; kind: ProcedureKind; parameters: Procedure['parameters']; result: number | undefined; explicit: boolean; isPrivate: boolean }): Procedure {
  return { ...rest, slots: compiler.slots, slotCount: compiler.slotCount, code: compiler.code }
}

function compileClass({ name, fields, members }: ClassDeclaration, explicit: boolean): ScriptClass {
  const table = new Map<string, ClassMember>()
  let defaultMember: string | undefined
  for (const one of members) {
    const key = keyOf(one.name)
    if (fields.some((field) => keyOf(field.name) === key)) throw compileError(1041, one)
    const entry = table.get(key) ?? { name: one.name }
    entry[one.kind === 'let' ? 'let' : one.kind === 'set' ? 'set' : 'get'] = compileProcedure(one, explicit)
    table.set(key, entry)
    if (one.isDefault) defaultMember = key
  }
  return {
    name, members: table, defaultMember,
    fields: fields.map((field) => ({ name: field.name, isPrivate: field.access === 'private', bounds: field.bounds })),
  }
}

/** The first value of a declared variable: an array when it has bounds. */
export function initialValue(bounds: readonly number[] | undefined): VariantArray | undefined {
  return bounds === undefined ? undefined : new VariantArray(bounds, undefined, bounds.length > 0)
}
