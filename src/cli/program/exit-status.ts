// POSIX exit statuses have eight bits: the status is the Windows code modulo 256. --json and the log carry the real code.

export const usageStatus = 2

/** A failure never becomes 0. */
export function exitStatus(windowsCode: number): number {
  const status = windowsCode & 0xff
  return windowsCode !== 0 && status === 0 ? 1 : status
}
