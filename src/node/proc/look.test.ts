import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Looker } from './look.ts'
import { MountTable, MountTables } from './mounts.ts'
import { ProcReader } from './read.ts'
import { Targets } from './targets.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'this system has no /proc' }

/** Not a child of this program, which would be a zombie for as long as nobody looks. */
function startHolder(file: string): number {
  const { stdout } = spawnSync('bash', ['-c', 'exec 10<"$0"; sleep 600 </dev/null >/dev/null 2>&1 & echo $!', file], { encoding: 'latin1' })
  return Number(stdout)
}

function end(pid: number): void {
  process.kill(pid, 'SIGKILL')
  const sleep = new Int32Array(new SharedArrayBuffer(4))
  const status = `/proc/${pid}/status`
  for (let tries = 0; tries < 400 && existsSync(status) && !/^State:\s+Z/m.test(readIfThere(status)); tries++) Atomics.wait(sleep, 0, 0, 5)
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

test('33. a process that ends at any step of a look is no error, and is not told as a user under a number it has no more', linux, () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-look-'))
  const file = join(folder, 'held')
  writeFileSync(file, '')
  const { dev, ino } = statSync(file)
  const targets = new Targets({ triples: Float64Array.of(0, dev, ino), exactInodes: new Map(), scripts: new Set(), remote: 'none' })
  let steps = 0
  try {
    for (let isOver = false; !isOver; steps++) {
      const pid = startHolder(file)
      let step = 0
      const atStep = (): void => { if (step++ === steps) end(pid) }
      const table = new MountTable('')
      // Asked before every link, as reading is before every file.
      Object.defineProperty(table, 'hasRemoteFiles', { get: () => { atStep(); return false } })
      class Reader extends ProcReader {
        override read(...given: Parameters<ProcReader['read']>): ReturnType<ProcReader['read']> {
          // What identifies the start of the machine is read once by all, and is no step of this look.
          if (given[0].startsWith(`/proc/${pid}/`)) atStep()
          return super.read(...given)
        }
      }
      const reader = new Reader()
      class Mounts extends MountTables {
        override of(): MountTable { atStep(); return table }
      }
      const sighting = new Looker(targets, { deep: false, startedTicks: Infinity }, reader, new Mounts(reader)).look(pid)
      isOver = step <= steps
      if (isOver) end(pid)
      assert.deepEqual(sighting?.uses, isOver ? new Map([[0, 'open']]) : undefined, `step ${steps}`)
    }
    // The mounts, the executable, four descriptors at least, the mappings, what identifies it, and none.
    assert.ok(steps >= 9, `${steps} steps`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
