// Operators by name.
import { toVariantNumber } from '../values/convert.ts'
import * as operators from '../values/operators.ts'
import type { Variant } from '../values/variant.ts'
import type { Instruction } from './code.ts'

export function applyBinary({ operator, hardLeft, hardRight }: Instruction & { op: 'binary' }, left: Variant, right: Variant): Variant {
  switch (operator) {
    case '+': return operators.add(left, right)
    case '-': return operators.subtract(left, right)
    case '*': return operators.multiply(left, right)
    case '/': return operators.divide(left, right)
    case '\\': return operators.integerDivide(left, right)
    case 'mod': return operators.modulo(left, right)
    case '^': return operators.power(left, right)
    case '&': return operators.concatenate(left, right)
    case 'is': return operators.isSame(left, right)
    case 'and': case 'or': case 'xor': case 'eqv': case 'imp': return operators.logic(operator, left, right)
    default: return operators.compare(operator, left, right, hardLeft, hardRight)
  }
}

export function applyUnary(operator: '-' | '+' | 'not', value: Variant): Variant {
  if (operator === '-') return operators.negate(value)
  if (operator === 'not') return operators.not(value)
  return value === null ? null : toVariantNumber(value)
}
