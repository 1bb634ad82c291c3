// The process that kills itself: `ROOT ACTION PACKAGE CALL`. It installs, repairs or removes a package in a real root, and
// is gone, by SIGKILL, at that call of those that change something; half of a write is done then. It tells how many bytes the
// thread that decompresses ahead has given it until then.
import { writeSync } from 'node:fs'
import { installPackage, repairProduct, uninstallProduct, type InstallOptions } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { interceptPlatform } from '../../dist/testing/index.js'

const [root, action, path, struck] = process.argv.slice(2) as [string, string, string, string]
const platform = createNodePlatform({ root })
let calls = 0
let bytesAhead = 0
const watched: typeof platform = { ...platform, decompressAhead: (folder, bytes) => {
  const pieces = platform.decompressAhead?.(folder, bytes)
  return pieces && counted(pieces)
} }
const mortal = interceptPlatform(watched, (call, proceed) => {
  if (!call.changes || calls++ !== Number(struck)) return proceed()
  const [chunk] = call.args
  if (call.port === 'writer' && chunk instanceof Uint8Array) proceed([chunk.subarray(0, chunk.length >> 1)])
  writeSync(1, `killed ${calls} ${bytesAhead}`)
  process.kill(process.pid, 'SIGKILL')
  return undefined
})

function* counted(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const piece of pieces) {
    bytesAhead += piece.length
    yield piece
  }
}

const options: InstallOptions = { customActions: 'skip', restartManager: 'none', durability: 'process-end' }
const package_ = platform.files.fromHostPath(path)!
const { exitCode } = action === 'install' ? await installPackage(mortal, { ...options, package: package_ })
  : action === 'repair' ? await repairProduct(mortal, package_, { ...options, mode: 'amus' }) : await uninstallProduct(mortal, package_, options)
process.stdout.write(`${exitCode} ${calls} ${bytesAhead}`)
