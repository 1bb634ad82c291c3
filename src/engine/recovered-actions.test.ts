// Rollback custom actions of an installation whose process was killed: the next start runs them from its package.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PackageBuilder, runProgram } from '../authoring/index.ts'
import type { ProgramSpec } from '../platform/index.ts'
import { anInstallStage, createFaultyPlatform, type InstallStage } from '../testing/index.ts'
import { installPackage, uninstallProduct, type InstallOptions } from './index.ts'

interface Struck {
  readonly stage: InstallStage
  readonly path: string
  /** Command lines of the programs that ran. */
  readonly ran: string[]
}

/** An installation is killed while its deferred action runs, after the rollback action was scheduled. */
async function killedInstallation(): Promise<Struck> {
  const app = new PackageBuilder({ name: 'Struck', version: '1.0.0', manufacturer: 'Test', platform: 'x64' })
  const main = app.feature('Main')
  main.file(app.folder('ProgramFiles64Folder').folder('Struck', { key: 'INSTALLDIR' }), 'a.txt', 'a')
  app.binary('tool', new TextEncoder().encode('MZ tool'))
  app.property('WHAT', 'the old state')
  app.customAction('Undo', runProgram({ binary: 'tool' }, 'undo "[WHAT]"', { execution: 'rollback' }), { at: 4100 })
  app.customAction('Do', runProgram({ binary: 'tool' }, 'do', { execution: 'deferred' }), { at: 4101 })
  const stage = anInstallStage()
  const path = stage.add(app)
  const ran: string[] = []
  stage.platform.processes.runnable = () => true
  stage.platform.processes.runs = ({ args }: ProgramSpec) => {
    ran.push(args.join(' '))
    return { outcome: 'exited', exitCode: 0, output: '' }
  }
  const faulty = createFaultyPlatform(stage.platform)
  faulty.failAfter(0, { fault: 'kill', counts: ({ port, method }) => port === 'processes' && method === 'run' })
  await installPackage(faulty, { package: path }).catch(() => {})
  assert.equal(faulty.struck?.method, 'run')
  return { stage, path, ran }
}

async function nextStart({ stage }: Struck, options: InstallOptions = {}): Promise<{ log: string; outcomes: string[] }> {
  const lines: string[] = []
  const { recovered } = await uninstallProduct(stage.platform.reopen(), '{00000000-0000-0000-0000-000000000001}', { ...options, log: (line) => { lines.push(line) } })
  return { log: lines.join('\n'), outcomes: recovered.map(({ outcome }) => outcome) }
}

test('a rollback action of a killed installation runs at the next start, with what was captured for it', async () => {
  const struck = await killedInstallation()
  const { outcomes } = await nextStart(struck)
  assert.deepEqual(outcomes, ['rolled back'])
  assert.equal(struck.ran.length, 1)
  assert.match(struck.ran[0]!, /undo "?the old state/)
  assert.deepEqual((await nextStart(struck)).outcomes, [])
  assert.equal(struck.ran.length, 1)
})

test('it is named when its package is gone, and the rest is rolled back', async () => {
  const struck = await killedInstallation()
  struck.stage.platform.files.removeFile(struck.path)
  const { log, outcomes } = await nextStart(struck)
  assert.deepEqual(outcomes, ['rolled back'])
  assert.match(log, /Rollback custom action Undo was not run: its package D:\\package\.msi is not there any more/)
  assert.deepEqual(struck.ran, [])
})

test('the policy of the call that recovers decides whether it runs', async () => {
  const struck = await killedInstallation()
  const { log, outcomes } = await nextStart(struck, { customActions: 'skip' })
  assert.deepEqual(outcomes, ['rolled back'])
  assert.match(log, /Undo .*is not run: the policy for custom actions is skip/)
  assert.deepEqual(struck.ran, [])
})
