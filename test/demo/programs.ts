// The programs of the demonstration, as text: scripts that the host runs. They are put into the packages.

/** Reads a file, keeps it open, tells what it read, and asks to be started again after an update. */
export function theApplication(version: string): string {
  return `#!/usr/bin/env node
// Greeter ${version}: greeter MODULE STATE FILE
const { openSync, readFileSync, writeFileSync } = require('node:fs')
async function main([module, state, file]) {
  const { registerApplicationRestart } = await import(module)
  const held = openSync(file, 'r')
  await registerApplicationRestart({ args: process.argv.slice(1) })
  writeFileSync(state, JSON.stringify({ pid: process.pid, version: '${version}', content: readFileSync(held, 'utf8').trim() }))
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
  setInterval(() => {}, 1000)
}
main(process.argv.slice(2))
`
}

/** Windows paths become host paths through the variable that custom actions get. */
const hostPath = String.raw`const hostPath = (path) => path.replace(/^C:/, process.env.MSIKIT_DRIVE_C.replace(/\/$/, '')).replaceAll('\\', '/')`

/** The custom action before InstallValidate: joins the installer's session and registers one more file. */
export const joinsTheSession = `#!/usr/bin/env node
${hostPath}
async function main([module, key, file]) {
  const { joinSession } = await import(module)
  const session = await joinSession(key)
  await session.register({ files: [hostPath(file)] })
  await session.end()
  console.log('joined the session, registered ' + file)
}
main(process.argv.slice(2))
`

/** The deferred custom action: rewrites the plug-in for the new version, or ends as it is told. */
export const theConversion = `#!/usr/bin/env node
const { readFileSync, writeFileSync, renameSync } = require('node:fs')
${hostPath}
const [file, version, exit] = process.argv.slice(2)
if (exit !== '0') {
  console.log('the plug-in cannot be converted')
  process.exit(Number(exit))
}
writeFileSync(hostPath(file) + '.new', readFileSync(hostPath(file), 'utf8').replace(/for .*/, 'for ' + version))
renameSync(hostPath(file) + '.new', hostPath(file))
console.log('converted ' + file + ' for ' + version)
`
