// Starts 50 processes that hold a file, closes them through a session or by hand, and prints how long that took in seconds.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHostRestartManager } from 'msikit/restart-manager'

// In memory, as the user's runtime folder is, where sessions usually are.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'close-'))
const file = join(folder, 'held')
writeFileSync(file, '')
const children = Array.from({ length: 50 }, () => spawn('bash', ['-c', 'exec 9<"$0"; echo ready; exec sleep 600', file], { stdio: ['ignore', 'pipe', 'ignore'] }))
await Promise.all(children.map((child) => new Promise((done) => { child.stdout.once('data', done) })))
const ended = Promise.all(children.map((child) => new Promise((done) => { child.once('exit', done) })))
const session = await createHostRestartManager({ sessionFolder: join(folder, 'sessions') }).startSession()
await session.register({ files: [file] })
await session.list()
const start = performance.now()
if (process.argv[2] === 'shutdown') await session.shutdown()
else {
  for (const child of children) child.kill('SIGTERM')
  await ended
}
console.log((performance.now() - start) / 1000)
await session.end()
rmSync(folder, { recursive: true })
process.exit(0)
