// Functions of dates and times, all local. https://learn.microsoft.com/previous-versions/cbf3ahaw(v=vs.85) (DateAdd), DateDiff, DatePart
import type { Environment } from '../machine/environment.ts'
import { isGiven, roundHalfEven, toDate, toLong, toNumber, toText } from '../values/convert.ts'
import {
  addSeconds, datePartsOf, dayNames, daysInMonth, fullYear, isDateSerial, monthNames, serialOf, serialOfDate, serialOfMoment, splitSerial,
} from '../values/dates.ts'
import { parseDate } from '../values/dates.ts'
import { scriptError } from '../values/script-error.ts'
import { date, integer, long, VariantNumber, VariantType, type Variant } from '../values/variant.ts'
import { between, fixed, optionalLong, type Builtin, type BuiltinTable } from './builtin.ts'

type Parts = ReturnType<typeof datePartsOf>

const part = (choose: (parts: Parts) => number): Builtin => fixed(1, ([value], { currentYear }) => value === null ? null : integer(choose(datePartsOf(toDate(value, currentYear).value))))
const now = ({ host }: Environment): number => serialOfMoment(host.now(), host.utcOffsetMinutes)

export const dateFunctions: BuiltinTable = {
  Now: fixed(0, (_, environment) => date(now(environment))),
  Date: fixed(0, (_, environment) => date(splitSerial(now(environment)).day)),
  Time: fixed(0, (_, environment) => date(serialOf(0, splitSerial(now(environment)).seconds))),
  Timer: fixed(0, (_, { host }) => new VariantNumber(VariantType.single, Math.fround((((host.now() / 1000 + host.utcOffsetMinutes * 60) % 86400) + 86400) % 86400))),
  Year: part(({ year }) => year), Month: part(({ month }) => month), Day: part(({ day }) => day),
  Hour: part(({ hour }) => hour), Minute: part(({ minute }) => minute), Second: part(({ second }) => second),
  Weekday: between(1, 2, ([value, first], { currentYear }) => value === null ? null : integer(weekdayOf(toDate(value, currentYear).value, firstDay(first)))),
  WeekdayName: between(1, 3, ([day, short, first]) => {
    const number = toLong(day)
    if (number < 1 || number > 7) throw scriptError(5)
    const name = dayNames[(number - 1 + firstDay(first) - 1) % 7]!
    return short === true ? name.slice(0, 3) : name
  }),
  MonthName: between(1, 2, ([month, short]) => {
    const name = monthNames[toLong(month) - 1]
    if (name === undefined) throw scriptError(5)
    return short === true ? name.slice(0, 3) : name
  }),
  DateSerial: fixed(3, ([year, month, day]) => {
    const serial = serialOfDate(fullYear(toLong(year)), toLong(month), toLong(day))
    if (!isDateSerial(serial)) throw scriptError(5)
    return date(serial)
  }),
  TimeSerial: fixed(3, ([hour, minute, second]) => date(addSeconds(0, toLong(hour) * 3600 + toLong(minute) * 60 + toLong(second)))),
  DateValue: fixed(1, ([value], environment) => date(splitSerial(dateOfText(value, environment)).day)),
  TimeValue: fixed(1, ([value], environment) => date(serialOf(0, splitSerial(dateOfText(value, environment)).seconds))),
  DateAdd: fixed(3, ([interval, count, value], { currentYear }) => {
    if (count === null || value === null) return null
    return date(dateAdd(intervalOf(interval), roundHalfEven(Math.trunc(toNumber(count))), toDate(value, currentYear).value))
  }),
  DateDiff: between(3, 5, ([interval, from, to, first], { currentYear }) => {
    if (from === null || to === null) return null
    return long(dateDiff(intervalOf(interval), toDate(from, currentYear).value, toDate(to, currentYear).value, firstDay(first)))
  }),
  DatePart: between(2, 4, ([interval, value, first, firstWeek], { currentYear }) => {
    if (value === null) return null
    return integer(datePart(intervalOf(interval), toDate(value, currentYear).value, firstDay(first), optionalLong(firstWeek, 1)))
  }),
}

function dateOfText(value: Variant, { currentYear }: Environment): number {
  if (typeof value !== 'string') return toDate(value, currentYear).value
  const serial = parseDate(value, currentYear)
  if (serial === undefined) throw scriptError(13, `[string: "${value.slice(0, 60)}"]`)
  return serial
}

function intervalOf(value: Variant): string {
  return toText(value).toLowerCase()
}

/** 1 is Sunday; 0, the system's choice, is Sunday too. */
function firstDay(value: Variant): number {
  const day = isGiven(value) ? toLong(value) : 1
  if (day < 0 || day > 7) throw scriptError(5)
  return day === 0 ? 1 : day
}

function weekdayOf(serial: number, first: number): number {
  return ((datePartsOf(serial).weekday + 1 - first + 7) % 7) + 1
}

function dateAdd(interval: string, count: number, serial: number): number {
  const { day, seconds } = splitSerial(serial)
  const result = add()
  if (!isDateSerial(result)) throw scriptError(5)
  return result

  function add(): number {
    switch (interval) {
      case 'yyyy': return addMonths(count * 12)
      case 'q': return addMonths(count * 3)
      case 'm': return addMonths(count)
      case 'y': case 'd': case 'w': return serialOf(day + count, seconds)
      case 'ww': return serialOf(day + count * 7, seconds)
      case 'h': return addSeconds(serial, count * 3600)
      case 'n': return addSeconds(serial, count * 60)
      case 's': return addSeconds(serial, count)
      default: throw scriptError(5)
    }
  }

  /** The last day of a shorter month stands for those that it does not have. */
  function addMonths(months: number): number {
    const parts = datePartsOf(serial)
    const total = parts.year * 12 + parts.month - 1 + months
    const year = Math.floor(total / 12)
    const month = total - year * 12 + 1
    return serialOf(serialOfDate(year, month, Math.min(parts.day, daysInMonth(year, month))), seconds)
  }
}

function dateDiff(interval: string, from: number, to: number, first: number): number {
  const a = datePartsOf(from)
  const b = datePartsOf(to)
  const days = splitSerial(to).day - splitSerial(from).day
  const seconds = days * 86400 + splitSerial(to).seconds - splitSerial(from).seconds
  switch (interval) {
    case 'yyyy': return b.year - a.year
    case 'q': return (b.year - a.year) * 4 + Math.floor((b.month - 1) / 3) - Math.floor((a.month - 1) / 3)
    case 'm': return (b.year - a.year) * 12 + b.month - a.month
    case 'y': case 'd': return days
    case 'w': return Math.trunc(days / 7)
    case 'ww': return Math.round((days - (weekdayOf(to, first) - weekdayOf(from, first))) / 7)
    case 'h': return hoursBetween(3600)
    case 'n': return hoursBetween(60)
    case 's': return seconds
    default: throw scriptError(5)
  }

  /** Boundaries that are crossed, not time that passes. */
  function hoursBetween(unit: number): number {
    return days * (86400 / unit) + Math.floor(splitSerial(to).seconds / unit) - Math.floor(splitSerial(from).seconds / unit)
  }
}

function datePart(interval: string, serial: number, first: number, firstWeek: number): number {
  const parts = datePartsOf(serial)
  switch (interval) {
    case 'yyyy': return parts.year
    case 'q': return Math.floor((parts.month - 1) / 3) + 1
    case 'm': return parts.month
    case 'y': return splitSerial(serial).day - serialOfDate(parts.year, 1, 1) + 1
    case 'd': return parts.day
    case 'w': return weekdayOf(serial, first)
    case 'ww': return weekOf(splitSerial(serial).day, parts.year, first, firstWeek)
    case 'h': return parts.hour
    case 'n': return parts.minute
    case 's': return parts.second
    default: throw scriptError(5)
  }
}

/** The first week has January 1 (1), four days (2), or seven (3). */
function weekOf(day: number, year: number, first: number, rule: number): number {
  const start = firstWeekStart(year, first, rule)
  if (day < start) return weekOf(day, year - 1, first, rule)
  if (rule > 1 && day >= firstWeekStart(year + 1, first, rule)) return 1
  return Math.floor((day - start) / 7) + 1
}

function firstWeekStart(year: number, first: number, rule: number): number {
  const newYear = serialOfDate(year, 1, 1)
  const start = newYear - (weekdayOf(newYear, first) - 1)
  const daysInYear = start + 7 - newYear
  return (rule === 2 && daysInYear < 4) || (rule === 3 && daysInYear < 7) ? start + 7 : start
}
