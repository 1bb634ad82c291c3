// What host objects can be asked for in JScript and today's engines refuse: assignments to a property with arguments,
// `Session.Property("X") = "Y"`, and properties that are called, `list.Count()`. Both are rewritten to calls of the prelude;
// everything else stays as it stands, line for line. Conditional compilation stands in comments, and stays one.
import { Parser, type Node, type Options, type Position } from 'acorn'
import { ScriptError } from '../vbscript/index.ts'

interface CallNode extends Node {
  readonly callee: Node & { readonly object?: Node; readonly property?: Node; readonly computed?: boolean }
  readonly arguments: readonly Node[]
}

/** What of acorn's parser decides which expressions can be assigned to. */
type OpenParser = new (options: Options, input: string) => { parse(): Node; toAssignable(node: Node, ...rest: unknown[]): Node; checkLValSimple(node: Node, ...rest: unknown[]): void }

class JScriptParser extends (Parser as unknown as OpenParser) {
  override toAssignable(node: Node, ...rest: unknown[]): Node {
    return node.type === 'CallExpression' ? node : super.toAssignable(node, ...rest)
  }

  override checkLValSimple(node: Node, ...rest: unknown[]): void {
    if (node.type !== 'CallExpression') super.checkLValSimple(node, ...rest)
  }
}

/** @throws ScriptError 1001 and 1002, with line and column */
export function rewriteJScript(source: string): string {
  try {
    const edits: Edit[] = []
    collect(parse(source), edits)
    return apply(source, 0, source.length, edits)
  } catch (error) {
    // What is nested too deeply for us.
    if (error instanceof RangeError) throw new ScriptError(1001, 'Out of memory', { source: 'Microsoft JScript compilation error' })
    throw error
  }
}

function parse(source: string): Node {
  try {
    return new JScriptParser({ ecmaVersion: 2020, sourceType: 'script', allowReserved: true, allowReturnOutsideFunction: false }, source).parse()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const { line, column } = (error as SyntaxError & { loc: Position }).loc
    throw new ScriptError(1002, `Syntax error: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`, { source: 'Microsoft JScript compilation error', position: { line, column: column + 1 } })
  }
}

/** An expression with a call on the left of an assignment or under `++`, or a call of a member (`node` is `call` then). */
interface Edit {
  readonly node: Node & { readonly operator: string; readonly left?: Node; readonly right?: Node; readonly argument?: Node; readonly prefix?: boolean }
  readonly call: CallNode
}

/** Outer ones before those inside of them. Not recursive: expressions can be nested deeper than our stack. */
function collect(program: Node, edits: Edit[]): void {
  const pending: Node[] = [program]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const target = (node.type === 'AssignmentExpression' ? (node as Edit['node']).left : node.type === 'UpdateExpression' ? (node as Edit['node']).argument : undefined)
    if (target?.type === 'CallExpression') edits.push({ node: node as Edit['node'], call: target as CallNode })
    if (isMemberCall(node)) edits.push({ node: node as Edit['node'], call: node as CallNode })
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) pending.push(child)
    }
  }
  edits.sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end)
}

/** `a.b(…)`, not `a?.b(…)`. */
function isMemberCall(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const { callee, optional } = node as CallNode & { readonly optional?: boolean }
  const member = callee as CallNode['callee'] & { readonly optional?: boolean }
  return callee.type === 'MemberExpression' && callee.computed === false && optional !== true && member.optional !== true && callee.object?.type !== 'Super'
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The text from `start` to `end` with the edits within it. */
function apply(source: string, start: number, end: number, edits: readonly Edit[]): string {
  let text = ''
  let at = start
  for (const edit of edits) {
    if (edit.node.start < at || edit.node.end > end) continue
    text += source.slice(at, edit.node.start) + rewritten(source, edit, edits)
    at = edit.node.end
  }
  return text + source.slice(at, end)
}

function rewritten(source: string, { node, call }: Edit, edits: readonly Edit[]): string {
  const part = (one: Node): string => apply(source, one.start, one.end, edits.filter(({ node: inner }) => inner.start >= one.start && inner.end <= one.end && inner !== node))
  const { callee } = call
  const object = callee.object
  const target = callee.type === 'MemberExpression' && object !== undefined && callee.property !== undefined
    ? `${part(object)}, ${callee.computed === true ? part(callee.property) : JSON.stringify(source.slice(callee.property.start, callee.property.end))}`
    : `${part(callee)}, ""`
  const args = `[${call.arguments.map(part).join(', ')}]`
  // Line ends between the parts are lost with the signs between them: kept behind, so that later lines keep their numbers.
  const made = (text: string): string => text + '\n'.repeat(Math.max(0, lines(source.slice(node.start, node.end)) - lines(text)))
  if (node === (call as Node)) return made(`__msikit.call(${target}, ${args})`)
  if (node.type === 'UpdateExpression') return made(`__msikit.update(${target}, ${args}, (v) => ${node.operator === '++' ? '+v + 1' : 'v - 1'}, ${node.prefix !== true})`)
  if (node.operator === '=') return made(`__msikit.put(${target}, ${args}, ${part(node.right!)})`)
  return made(`__msikit.update(${target}, ${args}, (v) => v ${node.operator.slice(0, -1)} (${part(node.right!)}), false)`)
}

function lines(text: string): number {
  return text.split('\n').length - 1
}
