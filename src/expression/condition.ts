// Evaluates conditions. Pure: the context resolves properties, environment variables and states.
// https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax
import { foldCase } from '../base/index.ts'
import { ConditionSyntaxError, integerOf, type ComparisonOperator } from './condition-lexer.ts'
import { parseCondition, type ConditionNode, type ConditionValue } from './condition-parser.ts'

/** As MSICONDITION: `none` when there is no condition, `error` when it does not follow the grammar. */
export type ConditionResult = 'true' | 'false' | 'none' | 'error'

/** States are INSTALLSTATE numbers: -1 unknown or no action, 1 advertised, 2 absent, 3 local, 4 source; `undefined` when there is no such row. */
export interface ConditionContext {
  /** Value of a property; '' when it is not set. */
  property(name: string): string
  /** Value of an environment variable, whose name is case-insensitive; '' when it is not set. */
  environment?(name: string): string
  featureInstalled?(feature: string): number | undefined
  featureAction?(feature: string): number | undefined
  componentInstalled?(component: string): number | undefined
  componentAction?(component: string): number | undefined
}

/**
 * Evaluates a condition as `MsiEvaluateCondition` does.
 *
 * @param text `null` and blank texts give `none`, which sequences and components take for true.
 * @see https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msievaluateconditionw
 * @example
 * ```ts
 * import { evaluateCondition } from 'msikit/expression'
 *
 * const properties = new Map([['VersionNT', '603']])
 * evaluateCondition('VersionNT >= 600 AND NOT Installed', { property: (name) => properties.get(name) ?? '' }) // 'true'
 * ```
 */
export function evaluateCondition(text: string | null, context: ConditionContext): ConditionResult {
  const explained = explainCondition(text)
  if (explained.error !== undefined) return 'error'
  if (explained.condition === undefined) return 'none'
  return evaluateParsedCondition(explained.condition, context) ? 'true' : 'false'
}

/** What {@link explainCondition} found: a syntax tree, nothing at all, or a mistake with its position. */
export type ExplainedCondition =
  | { readonly condition: ConditionNode | undefined; readonly error?: undefined }
  | { readonly condition?: undefined; readonly error: ConditionSyntaxError }

/** Parses a condition without throwing. */
export function explainCondition(text: string | null): ExplainedCondition {
  try {
    return { condition: parseCondition(text ?? '') }
  } catch (error) {
    if (error instanceof ConditionSyntaxError) return { error }
    throw error
  }
}

export function evaluateParsedCondition(node: ConditionNode, context: ConditionContext): boolean {
  switch (node.kind) {
    case 'value': return isTrue(node.value, context)
    case 'comparison': return compare(node.operator, node.ignoreCase, node.left, node.right, context)
    case 'not': return !evaluateParsedCondition(node.operand, context)
    case 'and': return node.operands.every((operand) => evaluateParsedCondition(operand, context))
    case 'or': return node.operands.some((operand) => evaluateParsedCondition(operand, context))
    default: {
      const [first, ...rest] = node.operands.map((operand) => evaluateParsedCondition(operand, context))
      return rest.reduce((left, right) => node.kind === 'xor' ? left !== right : node.kind === 'eqv' ? left === right : !left || right, first!)
    }
  }
}

/** The symbols of a condition, each once, in order of appearance, with their sigils: what its result depends on. */
export function conditionSymbols(node: ConditionNode): string[] {
  const symbols = new Set<string>()
  const visit = (one: ConditionNode): void => {
    if (one.kind === 'not') visit(one.operand)
    else if (one.kind === 'value') add(one.value)
    else if (one.kind === 'comparison') [one.left, one.right].forEach(add)
    else one.operands.forEach(visit)
  }
  const add = (value: ConditionValue): void => {
    if (value.kind === 'symbol') symbols.add(value.sigil + value.name)
  }
  visit(node)
  return [...symbols]
}

function isTrue(value: ConditionValue, context: ConditionContext): boolean {
  return value.kind === 'integer' ? value.value !== 0 : textOf(value, context) !== ''
}

function textOf(value: ConditionValue, context: ConditionContext): string {
  if (value.kind === 'literal') return value.text
  if (value.kind === 'integer') return String(value.value)
  switch (value.sigil) {
    case '': return context.property(value.name)
    case '%': return context.environment?.(value.name) ?? ''
    case '!': return String(context.featureInstalled?.(value.name) ?? '')
    case '&': return String(context.featureAction?.(value.name) ?? '')
    case '?': return String(context.componentInstalled?.(value.name) ?? '')
    case '$': return String(context.componentAction?.(value.name) ?? '')
  }
}

/** A quoted literal is never a number, even when its text is one, unless the other side is a symbol. */
function compare(operator: ComparisonOperator, ignoreCase: boolean, left: ConditionValue, right: ConditionValue, context: ConditionContext): boolean {
  const leftText = textOf(left, context)
  const rightText = textOf(right, context)
  if (left.kind === 'integer' || right.kind === 'integer') {
    if (left.kind === 'literal' || right.kind === 'literal') return operator === '<>'
    const a = integerOf(leftText)
    const b = integerOf(rightText)
    return a === undefined || b === undefined ? operator === '<>' : compareIntegers(operator, a, b)
  }
  if (left.kind === 'symbol' || right.kind === 'symbol') {
    const a = integerOf(leftText)
    const b = integerOf(rightText)
    if (a !== undefined && b !== undefined) return compareIntegers(operator, a, b)
  }
  return ignoreCase ? compareTexts(operator, foldCase(leftText), foldCase(rightText)) : compareTexts(operator, leftText, rightText)
}

function compareIntegers(operator: ComparisonOperator, left: number, right: number): boolean {
  switch (operator) {
    case '><': return (left & right) !== 0
    case '<<': return left >>> 16 === right
    case '>>': return (left & 0xffff) === right
    default: return isInOrder(operator, left, right)
  }
}

/** Ordinal, by UTF-16 unit. An empty text contains nothing; every other one contains the empty text. */
function compareTexts(operator: ComparisonOperator, left: string, right: string): boolean {
  switch (operator) {
    case '><': return left !== '' && left.includes(right)
    case '<<': return left !== '' && left.startsWith(right)
    case '>>': return left !== '' && left.endsWith(right)
    default: return isInOrder(operator, left, right)
  }
}

function isInOrder<T extends number | string>(operator: '=' | '<>' | '<' | '<=' | '>' | '>=', left: T, right: T): boolean {
  switch (operator) {
    case '=': return left === right
    case '<>': return left !== right
    case '<': return left < right
    case '<=': return left <= right
    case '>': return left > right
    case '>=': return left >= right
  }
}
