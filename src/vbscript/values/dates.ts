// Dates: days since 1899-12-30 with the time of day as fraction, in the Gregorian calendar, from the year 100 to 9999, always
// local time. Before 1899-12-30 the fraction counts forward from the whole day all the same: -1.25 is 1899-12-29, 6 o'clock.
// Text is that of en-US: 1/31/2004 4:05:06 PM.
// https://learn.microsoft.com/windows/win32/api/oleauto/nf-oleauto-varianttimetosystemtime

export const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const
export const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** 100-01-01 and 9999-12-31. */
const firstDay = -657434
const lastDay = 2958465
/** 1970-01-01. */
const unixDay = 25569
const secondsPerDay = 86400

export interface DateParts {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** From 0, Sunday. */
  readonly weekday: number
}

export function isDateSerial(serial: number): boolean {
  return serial > firstDay - 1 && serial < lastDay + 1
}

/** Of a moment in milliseconds since 1970, and the zone's offset from UTC. */
export function serialOfMoment(ms: number, offsetMinutes: number): number {
  const local = ms + offsetMinutes * 60_000
  return serialOf(Math.floor(local / 86_400_000) + unixDay, Math.floor(local / 1000) - Math.floor(local / 86_400_000) * secondsPerDay)
}

export function datePartsOf(serial: number): DateParts {
  const { day, seconds } = splitSerial(serial)
  return { ...civilOfDay(day), hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60, weekday: mod(day - 1, 7) }
}

/** Months and days out of range count on. */
export function serialOfDate(year: number, month: number, day: number): number {
  return dayOfMonth(year + Math.floor((month - 1) / 12), mod(month - 1, 12) + 1) + day - 1
}

export function daysInMonth(year: number, month: number): number {
  return serialOfDate(year, month + 1, 1) - serialOfDate(year, month, 1)
}

/** Seconds may be of any sign and size. */
export function addSeconds(serial: number, seconds: number): number {
  const { day, seconds: before } = splitSerial(serial)
  const total = before + seconds
  const days = Math.floor(total / secondsPerDay)
  return serialOf(day + days, total - days * secondsPerDay)
}

export function splitSerial(serial: number): { readonly day: number; readonly seconds: number } {
  const day = Math.trunc(serial)
  const seconds = Math.round(Math.abs(serial - day) * secondsPerDay)
  return seconds === secondsPerDay ? { day: day + 1, seconds: 0 } : { day, seconds }
}

export function serialOf(day: number, seconds: number): number {
  return day < 0 ? day - seconds / secondsPerDay : day + seconds / secondsPerDay
}

/** The short date, the long time, or both: what is zero is left out. */
export function formatDate(serial: number): string {
  const { day, seconds } = splitSerial(serial)
  if (day === 0) return formatTime(serial)
  return seconds === 0 ? formatShortDate(serial) : `${formatShortDate(serial)} ${formatTime(serial)}`
}

export function formatShortDate(serial: number): string {
  const { year, month, day } = datePartsOf(serial)
  return `${month}/${day}/${year}`
}

export function formatLongDate(serial: number): string {
  const { year, month, day, weekday } = datePartsOf(serial)
  return `${dayNames[weekday]!}, ${monthNames[month - 1]!} ${day}, ${year}`
}

export function formatTime(serial: number): string {
  const { hour, minute, second } = datePartsOf(serial)
  return `${hour % 12 === 0 ? 12 : hour % 12}:${two(minute)}:${two(second)} ${hour < 12 ? 'AM' : 'PM'}`
}

export function formatShortTime(serial: number): string {
  const { hour, minute } = datePartsOf(serial)
  return `${two(hour)}:${two(minute)}`
}

/**
 * The date that a text means, `undefined` when it means none.
 * @param currentYear of dates that name no year
 */
export function parseDate(text: string, currentYear: number): number | undefined {
  const time = timePattern.exec(text)
  const seconds = time === null ? 0 : timeOf(time)
  if (seconds === undefined) return undefined
  const rest = (time === null ? text : `${text.slice(0, time.index)} ${text.slice(time.index + time[0].length)}`).trim()
  if (rest === '') return time === null ? undefined : serialOf(0, seconds)
  const day = dayOfText(rest, currentYear)
  return day === undefined || !isDateSerial(day) ? undefined : serialOf(day, seconds)
}

const timePattern = /\b(\d{1,2})(?:\s*:\s*(\d{1,2})(?:\s*:\s*(\d{1,2}))?\s*([ap]m?\b)?|\s*([ap]m\b))/i

function timeOf([, hourText, minuteText, secondText, half1, half2]: RegExpExecArray): number | undefined {
  let hour = Number(hourText)
  const minute = Number(minuteText ?? 0)
  const second = Number(secondText ?? 0)
  const half = (half1 ?? half2)?.[0]!.toLowerCase()
  if (half !== undefined && hour > 12) return undefined
  if (half === 'p' && hour < 12) hour += 12
  if (half === 'a' && hour === 12) hour = 0
  return hour > 23 || minute > 59 || second > 59 ? undefined : hour * 3600 + minute * 60 + second
}

function dayOfText(text: string, currentYear: number): number | undefined {
  const words = text.split(/[\s,/.-]+/).filter((word) => word !== '' && !isDayName(word))
  if (words.length < 2 || words.length > 3) return undefined
  const named = words.findIndex((word) => /^[a-z]/i.test(word))
  if (named >= 0) {
    const month = monthOfName(words[named]!)
    const others = words.filter((_, at) => at !== named).map(numberOf)
    if (month === undefined || others.some((one) => one === undefined)) return undefined
    return dayFromNamed(month, others as number[], currentYear)
  }
  const numbers = words.map(numberOf)
  if (numbers.some((one) => one === undefined)) return undefined
  const [first, second, third] = numbers as [number, number, number | undefined]
  if (third === undefined) return second > 31 ? validDay(second, first, 1) : validDay(currentYear, first, second) ?? validDay(currentYear, second, first)
  if (first > 31) return validDay(first, second, third)
  return validDay(fullYear(third), first, second) ?? validDay(fullYear(third), second, first) ?? validDay(fullYear(first), second, third)
}

/** `Jan 2004` is the first of January, `Jan 5` the fifth of this year's. */
function dayFromNamed(month: number, [first, second]: readonly number[], currentYear: number): number | undefined {
  if (second === undefined) return first! > 31 ? validDay(first!, month, 1) : validDay(currentYear, month, first!)
  return first! > 31 ? validDay(first!, month, second) : validDay(fullYear(second), month, first!)
}

function validDay(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || year < 100 || year > 9999 || day > daysInMonth(year, month)) return undefined
  return serialOfDate(year, month, day)
}

/** Two digits: up to 29 in this century. */
export function fullYear(year: number): number {
  return year >= 100 ? year : year < 30 ? 2000 + year : 1900 + year
}

function numberOf(word: string): number | undefined {
  return /^\d{1,4}$/.test(word) ? Number(word) : undefined
}

function monthOfName(word: string): number | undefined {
  if (word.length < 3) return undefined
  const at = monthNames.findIndex((name) => name.toLowerCase().startsWith(word.toLowerCase()))
  return at < 0 ? undefined : at + 1
}

function isDayName(word: string): boolean {
  return word.length >= 3 && dayNames.some((name) => name.toLowerCase().startsWith(word.toLowerCase()))
}

/** Days from civil, and back: the calendar in eras of 400 years that begin in March. */
function dayOfMonth(year: number, month: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * mod(month - 3, 12) + 2) / 5)
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468 + unixDay
}

function civilOfDay(serialDay: number): { readonly year: number; readonly month: number; readonly day: number } {
  const days = serialDay - unixDay + 719468
  const era = Math.floor(days / 146097)
  const dayOfEra = days - era * 146097
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mod(shiftedMonth + 2, 12) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
