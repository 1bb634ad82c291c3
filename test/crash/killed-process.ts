// The process that is killed: installs into the root of its first argument, and says when it begins.
import { bytesSource } from 'msikit/base'
import { recoverInterruptedInstallation, Transaction } from 'msikit/engine'
import { silentMessages } from './samples.ts'
import { openRoot, operations, product } from './real-script.ts'

const platform = openRoot(process.argv[2]!)
using _lock = platform.lockInstallation()
const content = new Uint8Array(30000).fill(0x6e)
process.stdout.write('begun\n')
if (process.argv[3] === 'recover') {
  await recoverInterruptedInstallation(platform, () => {})
} else {
  const host = {
    messages: silentMessages(),
    sources: { stream: () => undefined, file: (path: string) => path === 'new' ? { source: bytesSource(content), modifiedMs: 1.5e12, [Symbol.dispose]: () => {} } : undefined },
  }
  const transaction = new Transaction({ platform, product })
  await transaction.execute(operations.map((operation) => ({ operation })), host)
  await transaction.commit(host)
}
process.stdout.write('done\n')
