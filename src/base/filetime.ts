// FILETIME: 100-nanosecond intervals since 1601-01-01 UTC, and DOS date and time as cabinets store them.
// https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime

const unixEpoch = 116444736000000000n

/** From milliseconds since 1970-01-01 UTC, fractions included. */
export function filetimeFromUnixMs(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 10000n + BigInt(Math.round((ms - whole) * 10000)) + unixEpoch
}

export function filetimeToUnixMs(filetime: bigint): number {
  return Number(filetime - unixEpoch) / 10000
}

/** A DOS date and time names no time zone: they are read as UTC, as cabinet extractors off Windows do. */
export function unixMsFromDosTime(date: number, time: number): number {
  return Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2)
}

/** Clamped to what the format can hold: 1980-01-01 to 2107-12-31, two-second steps. */
export function unixMsToDosTime(ms: number): { date: number; time: number } {
  const at = new Date(Math.min(Math.max(ms, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31, 23, 59, 58)))
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  }
}
