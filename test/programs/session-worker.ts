// Takes part in sessions as fast as it can, until it is killed: starts its own, registers with another's by key, ends and
// starts again. Prints a line `registered NAME` once a file with the shared session is registered for good.
import { createHostRestartManager } from 'msikit/restart-manager'

const [sessionFolder, sharedKey, name, victim] = process.argv.slice(2)
const manager = createHostRestartManager({ sessionFolder: sessionFolder! })
process.stdout.write('ready\n')
for (let round = 0; ; round++) {
  const own = await manager.startSession()
  const shared = await manager.joinSession(sharedKey!)
  const file = `/${name}/${round}`
  await shared.register({ files: [file] })
  process.stdout.write(`registered ${file}\n`)
  await shared.end()
  await own.register({ files: [victim!], processes: [process.ppid] })
  await own.addFilter({ process: process.pid }, 'noShutdown')
  await own.shutdown({ limits: { consoleMs: 200 } }).catch(() => {})
  if (round % 2 === 0) await own.end()
}
