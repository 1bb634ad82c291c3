// Who restarts the machine at the end, and which code says so: 1641 where the caller can restart it, 3010 where it must be done by hand.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { aMachine } from './machine.js'
import { critical, example, ordinary, run, type Setting } from './in-use-scene.js'

async function ending(setting: Setting): Promise<{ exitCode: number; restarted: number; asked: unknown[]; log: string[] }> {
  let restarted = 0
  const { exitCode, asked, log } = await run({ ...setting, options: { restartMachine: () => { restarted++ }, ...setting.options } })
  return { exitCode, restarted, asked: asked.map(([, number]) => number), log }
}

test('the machine is restarted after everything else where the caller can do it, as REBOOT, REBOOTPROMPT and the user say', async () => {
  for (const [setting, expected] of [
    [{ holder: critical }, [1641, 1, []]],
    [{ holder: critical, properties: { REBOOT: 'ReallySuppress' } }, [3010, 0, []]],
    [{ holder: critical, properties: { REBOOT: 'S' } }, [3010, 0, []]],
    [{ holder: ordinary }, [0, 0, []]],
    [{ holder: ordinary, properties: { REBOOT: 'Force' } }, [1641, 1, []]],
    [{ holder: critical, ui: 'basic', answers: { user: [1, 6] } }, [1641, 1, [1610, 1703]]],
    [{ holder: critical, ui: 'basic', answers: { user: [1, 7] } }, [3010, 0, [1610, 1703]]],
    [{ holder: critical, ui: 'basic', answers: { user: [1] }, properties: { REBOOTPROMPT: 'S' } }, [1641, 1, [1610]]],
    [{ holder: critical, ui: 'basic', noModalDialogs: true }, [1641, 1, []]],
    [{ holder: critical, ui: 'basic', answers: { user: [2] } }, [1602, 0, [1610]]],
    [{ holder: critical, ui: 'full', answers: { user: [1, 7] } }, [3010, 0, [1610, 1703]]],
  ] as const) {
    const { exitCode, restarted, asked } = await ending(setting)
    assert.deepEqual([exitCode, restarted, asked], expected, JSON.stringify(setting))
  }
})

test('the log tells an initiated restart from one that is left to somebody', async () => {
  const { log } = await ending({ holder: critical })
  assert.ok(log.some((line) => line.endsWith('Type of System Restart: 1. Reason for Restart: 1.')))
  assert.ok(log.includes('MainEngineThread is returning 1641'))
  assert.ok(log.some((line) => line.endsWith('success or error status: 0.')))
})

test('a machine that cannot be restarted after all leaves 3010, and so does a caller that cannot restart one', async () => {
  const failing = await ending({ holder: critical, options: { restartMachine: () => { throw new Error('it is switched off') } } })
  assert.equal(failing.exitCode, 3010)
  assert.equal(failing.log.at(-1), 'The machine could not be restarted: it is switched off')
  const { exitCode, asked } = await run({ holder: ordinary, ui: 'basic', properties: { REBOOT: 'Force' }, answers: { rm: [1], user: [6] } })
  assert.deepEqual([exitCode, asked.filter(([kind]) => kind === 'user')], [3010, []])
})

test('ForceReboot asks, restarts the machine, and ends with 1604', async () => {
  for (const [properties, answer, expected] of [[{}, 6, [1604, 1, 1]], [{}, 7, [1604, 0, 1]], [{ REBOOT: 'S' }, 6, [1604, 1, 1]], [{ REBOOT: 'R' }, 6, [0, 0, 0]], [{ REBOOTPROMPT: 'S' }, 7, [1604, 1, 0]]] as const) {
    let [restarted, asked] = [0, 0]
    const stage = aMachine({})
    const { exitCode } = await stage.install(stage.add(example().schedule('ForceReboot', { at: { before: 'InstallFinalize' } })), {
      ui: 'basic', properties, restartMachine: () => { restarted++ }, onMessage: ({ record }) => {
        if (record[1] !== 1702) return 0
        asked++
        return answer
      },
    })
    assert.deepEqual([exitCode, restarted, asked], expected, JSON.stringify([properties, answer]))
  }
})
