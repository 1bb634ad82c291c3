// 500 participants of sessions, each killed at a random moment: nothing that was registered is lost, nothing is left behind that
// hinders those who come later, and no process is touched that is none of theirs. SOAK_SESSIONS and SOAK_SEED change the run.
import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createHostRestartManager } from 'msikit/restart-manager'
import { needs, Stage } from '../restart-manager/stage.ts'

const count = Number(process.env.SOAK_SESSIONS ?? 500)
const seed = Number(process.env.SOAK_SEED ?? 1)
const atOnce = 4
const worker = join(import.meta.dirname, '../programs/session-worker.js')

/** Park and Miller's generator: the same run for the same seed, as far as the machine allows. */
function randomNumbers(start: number): () => number {
  let state = start
  return () => {
    state = (state * 48_271) % 0x7fff_ffff
    return state / 0x7fff_ffff
  }
}

test(`${count} participants are killed at random moments, and the sessions of the others do not suffer`, needs(), async (context) => {
  await using stage = new Stage()
  const random = randomNumbers(seed)
  const bystanderFile = stage.file('bystander')
  const bystander = await stage.run('holds-file.sh', [bystanderFile])
  await using survivor = await stage.manager.startSession()
  const confirmed: string[] = []
  let next = 0
  // A busy machine gives them less of a moment: about half of them are to come so far as to register something.
  let momentMs = 250
  const take = async () => {
    while (next < count) {
      const name = `worker-${next++}`
      const victim = stage.file(`victim-${name}`)
      const started = await stage.start([process.execPath, worker, stage.sessionFolder, survivor.key, name, victim])
      await pause(random() * momentMs)
      started.child.kill('SIGKILL')
      await started.ended
      // Whole lines only: the last one may be cut.
      const registered = started.output().split('\n').slice(0, -1).filter((line) => line.startsWith('registered ')).map((line) => line.slice('registered '.length))
      confirmed.push(...registered)
      momentMs = registered.length > 0 ? Math.max(momentMs / 1.1, 250) : Math.min(momentMs * 1.1, 10_000)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, take))

  assert.ok(stage.isRunning(bystander.identity), 'the bystander was touched')
  const slot = join(stage.sessionFolder, 'Session0000')
  const registered = new Set(readdirSync(slot).filter((name) => name.startsWith('RegFiles'))
    .flatMap((name) => readFileSync(join(slot, name), 'utf8').split('\n')[1]!.split('\0').slice(0, -1)))
  assert.deepEqual(confirmed.filter((file) => !registered.has(file)), [], 'registered resources were lost')
  assert.ok(confirmed.length > count / 8, `only ${confirmed.length} registrations`)
  await survivor.list()
  // Removes what one that was killed while it waited has left.
  await survivor.register({ files: ['/after/all'] })

  // All but the survivor's are free again, and all can be used. Who comes later clears away what the last ones have left beside the locks.
  const later = createHostRestartManager({ sessionFolder: stage.sessionFolder })
  const sessions = await Promise.all(Array.from({ length: 63 }, () => later.startSession()))
  await Promise.all(sessions.map((session) => session.end()))
  assert.deepEqual((await stage.manager.sessions()).map((summary) => summary.slot), [0])
  assert.ok(!existsSync(join(stage.sessionFolder, 'locks', 'sessions')), 'a lock was left')
  assert.deepEqual(readdirSync(join(stage.sessionFolder, 'locks')).filter((name) => name !== 'Session0000'), [], 'files were left with the locks')
  context.diagnostic(`${confirmed.length} registrations`)
})
