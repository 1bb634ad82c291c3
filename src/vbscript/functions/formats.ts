// FormatNumber, FormatCurrency, FormatPercent and FormatDateTime, in en-US.
// https://learn.microsoft.com/previous-versions/ws343esk(v=vs.85)
import { isGiven, toDate, toLong, toNumber } from '../values/convert.ts'
import { formatDate, formatLongDate, formatShortDate, formatShortTime, formatTime } from '../values/dates.ts'
import { scriptError } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'
import { between, optionalLong, type BuiltinTable } from './builtin.ts'

export const formatFunctions: BuiltinTable = {
  FormatNumber: between(1, 5, ([value, ...rest]) => formatted(toNumber(value), rest, { parentheses: false })),
  FormatPercent: between(1, 5, ([value, ...rest]) => formatted(toNumber(value) * 100, rest, { parentheses: false, after: '%' })),
  FormatCurrency: between(1, 5, ([value, ...rest]) => formatted(toNumber(value), rest, { parentheses: true, before: '$' })),
  FormatDateTime: between(1, 2, ([value, format], { currentYear }) => {
    if (value === null) throw scriptError(94)
    const serial = toDate(value, currentYear).value
    switch (optionalLong(format, 0)) {
      case 0: return formatDate(serial)
      case 1: return formatLongDate(serial)
      case 2: return formatShortDate(serial)
      case 3: return formatTime(serial)
      case 4: return formatShortTime(serial)
      default: throw scriptError(5)
    }
  }),
}

interface Style { readonly parentheses: boolean; readonly before?: string; readonly after?: string }

/** Digits after the point, leading digit, parentheses for negative numbers, groups of thousands; -2 is the locale's way. */
function formatted(value: number, [places, leading, parentheses, groups]: readonly Variant[], { parentheses: byLocale, before = '', after = '' }: Style): string {
  const digits = isGiven(places) && toLong(places) >= 0 ? toLong(places) : 2
  if (digits > 99) throw scriptError(5)
  const shown = awayFromZero(Math.abs(value), digits)
  const [whole, fraction] = shown.split('.') as [string, string | undefined]
  const grouped = tristate(groups, true) ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole
  const number = `${grouped === '0' && !tristate(leading, true) && fraction !== undefined ? '' : grouped}${fraction === undefined ? '' : `.${fraction}`}`
  const text = `${before}${number}${after}`
  if (value >= 0 || !/[1-9]/.test(number)) return text
  return tristate(parentheses, byLocale) ? `(${text})` : `-${text}`
}

function awayFromZero(value: number, digits: number): string {
  const [mantissa, exponent] = String(value).split('e') as [string, string | undefined]
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent ?? 0) + digits}`))
  return Number.isSafeInteger(shifted) && digits <= 15 ? Number(`${shifted}e-${digits}`).toFixed(digits) : value.toFixed(digits)
}

function tristate(value: Variant, byLocale: boolean): boolean {
  const number = isGiven(value) ? toLong(value) : -2
  return number === -2 ? byLocale : number !== 0
}
