// A platform whose services are those of the root: a Windows that runs. They are started and stopped as ServiceControl says, and a
// rollback takes back what was done to them. https://learn.microsoft.com/windows/win32/msi/servicecontrol-table
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { MemoryServices } from 'msikit/platform'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

/** Bits of ServiceControl.Event. */
const startAtInstall = 0x01
const stopAtInstall = 0x02
const stopAtRemoval = 0x20

function example(event: number): PackageBuilder {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.txt', 'app')
  builder.row('ServiceControl', { ServiceControl: 'Control', Name: 'Worker', Event: event, Arguments: 'one[~]two', Wait: 1, Component_: 'app.txt' })
  return builder.schedule('StopServices', { at: 1900 }).schedule('StartServices', { at: 5900 })
}

function stageWith(options: { readonly active?: boolean; readonly broken?: boolean } = {}): { readonly stage: InstallStage; readonly services: MemoryServices } {
  const services = new MemoryServices()
  services.ofRoot = true
  services.add('Worker', { active: false, ...options })
  return { stage: aMachine({ services }), services }
}

test('services of the root are started and stopped by the package', async () => {
  const { stage, services } = stageWith()
  const { productCode, exitCode } = await stage.install(stage.add(example(startAtInstall | stopAtRemoval)))
  assert.deepEqual([exitCode, services.journal], [0, ['start Worker']])
  await stage.uninstall(productCode)
  assert.deepEqual(services.journal, ['start Worker', 'stop Worker'])
})

test('what runs already is not started, what does not run is not stopped', async () => {
  for (const [active, event] of [[true, startAtInstall], [false, stopAtInstall]] as const) {
    const { stage, services } = stageWith({ active })
    assert.deepEqual([(await stage.install(stage.add(example(event)))).exitCode, services.journal], [0, []])
  }
})

test('a service that does not start ends the installation, when it is waited for', async () => {
  const { stage } = stageWith({ broken: true })
  const { exitCode, error } = await stage.install(stage.add(example(startAtInstall)))
  assert.deepEqual([exitCode, error?.messageNumber], [1603, 1920])
})

test('a rollback does to services the contrary of what was done, and nothing else', async () => {
  for (const [active, expected] of [[true, ['stop Worker', 'start Worker']], [false, []]] as const) {
    const { stage, services } = stageWith({ active })
    const builder = example(stopAtInstall).customAction('Fail', { type: 3 * 16 + 5 + 1024, target: 'no script' }, { at: { before: 'InstallFinalize' } })
    assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
    assert.deepEqual(services.journal, expected)
  }
})
