// Before every change that an installation, a repair or an uninstallation makes to files, a folder on the way to it
// becomes a link that leads out of the root: nothing outside is written, moved, removed or changed.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { swapInTheMiddle, type Swap } from '../installer/swapped-folder.ts'

const skip = process.platform === 'win32' ? 'links need rights there' : false

function swaps(command: Swap['command'], change: number): Swap[] {
  const all = (['another', 'itself'] as const).flatMap((to) => [0, 1, 2].map((above): Swap => ({ command, change, above, to })))
  return process.env.MSIKIT_CRASH === 'full' ? all : [all[change % all.length]!]
}

for (const command of ['install', 'repair', 'uninstall'] as const) {
  test(`${command}: a folder that becomes a link out of the root at any change leads nobody out`, { skip }, async (context) => {
    let tried = 0
    const { changes } = await swapInTheMiddle({ command, change: -1, above: 0, to: 'another' })
    for (let change = 0; change < changes; change++) {
      for (const swap of swaps(command, change)) {
        const { happened, before, after } = await swapInTheMiddle(swap)
        if (happened) tried++
        assert.deepEqual(after, before, JSON.stringify(swap))
      }
    }
    context.diagnostic(`${changes} changes, ${tried} states`)
    assert.ok(tried > 5, `${tried}`)
  })
}
