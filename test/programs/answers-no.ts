// Holds a file; asked whether it may be closed, it answers what its second argument says: yes, no, or nothing. Having said no it
// ignores signals too.
import { openSync } from 'node:fs'
import { createHostRestartManager } from 'msikit/restart-manager'

const [file, answer, sessionFolder] = process.argv.slice(2)
openSync(file!, 'r')
const reply = () => answer === 'nothing' ? new Promise<boolean>(() => {}) : answer === 'yes'
await createHostRestartManager({ sessionFolder: sessionFolder! }).registerApplicationRestart({ onQueryEndSession: reply })
if (answer === 'no') for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
console.log('ready')
setInterval(() => {}, 60_000)
