// Scans for the files of a list, warm, and prints the median of its rounds in seconds.
import { readFileSync } from 'node:fs'
import { HostProcesses } from 'msikit/node'

const files = readFileSync(process.argv[2], 'utf8').split('\n')
const processes = new HostProcesses()
const times = []
for (let round = 0; round < 7; round++) {
  const start = performance.now()
  await processes.scan(files)
  if (round > 1) times.push(performance.now() - start)
}
console.log(times.sort((a, b) => a - b)[2] / 1000)
