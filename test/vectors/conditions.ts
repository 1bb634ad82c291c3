// Replays conditions.json: MsiEvaluateCondition(package or none, text) with some properties set.
import { evaluateCondition } from 'msikit/expression'
import { failed, passed, type Outcome } from './outcome.ts'

export interface ConditionVector {
  readonly id: string
  readonly props: Readonly<Record<string, string>>
  readonly package: boolean
  readonly expr: string | null
  readonly expected: string
  readonly alsoAccepted?: readonly string[]
}

export function runConditions(file: { readonly vectors: readonly ConditionVector[] }): Outcome[] {
  return file.vectors.map((vector) => {
    const found = evaluate(vector)
    const accepted = [vector.expected, ...(vector.alsoAccepted ?? [])]
    return accepted.includes(found) ? passed(vector.id)
      : failed(vector.id, `${JSON.stringify(vector.expr)}: expected ${accepted.join(' or ')}, found ${found}`)
  })
}

/** Without a package there is nothing that could evaluate: MSICONDITION_ERROR. */
function evaluate({ package: hasPackage, expr, props }: ConditionVector): string {
  return hasPackage ? evaluateCondition(expr, { property: (name) => props[name] ?? '' }) : 'error'
}
