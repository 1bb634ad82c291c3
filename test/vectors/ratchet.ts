// Counts of passed vectors per file that a run must not fall behind.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const path = join(resolve(import.meta.dirname, '../..'), 'test/vectors/ratchet.json')

/** What fell behind, in words. `UPDATE_RATCHET=1` raises the counts; none is ever lowered. */
export function checkRatchet(passed: Readonly<Record<string, number>>): string[] {
  const held = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as Record<string, number> : {}
  const behind = Object.entries(held).flatMap(([file, count]) => (passed[file] ?? 0) < count
    ? [`${file}: expected at least ${count} passed, found ${passed[file] ?? 0}`] : [])
  if (process.env.UPDATE_RATCHET === '1') {
    const raised = Object.keys({ ...held, ...passed }).sort().map((file) => [file, Math.max(held[file] ?? 0, passed[file] ?? 0)])
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(raised), undefined, 2)}\n`)
  }
  return behind
}
