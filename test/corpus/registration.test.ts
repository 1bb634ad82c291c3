// Real packages against the table of what Windows records: installed for the machine and for a user, changed, repaired, removed.
// The stage compares every call; nothing is left that names the product.
import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { aMachine } from '../installer/machine.js'
import { sharedPath, skipWithout } from '../shared.js'

const corpus = sharedPath('corpus')
const names = corpus === undefined ? [] : (readdirSync(corpus, { recursive: true }) as string[]).filter((name) => /\.msi$/i.test(name)).sort()

/** Samples of tables, which nothing can be installed from. */
const notInstallable = ['SequenceTables.msi', 'shortcuts.msi', 'ui.msi']

/** Custom actions that are code of Windows are left out. */
const options = { customActions: 'skip' } as const

test('real packages are recorded as Windows records them', { skip: skipWithout('corpus') }, async (context) => {
  for (const name of names) {
    for (const ALLUSERS of ['1', '']) await context.test(`${name}, ${ALLUSERS === '' ? 'for a user' : 'for the machine'}`, () => throughItsLife(join(corpus!, name), ALLUSERS))
  }
})

async function throughItsLife(path: string, ALLUSERS: string): Promise<void> {
  const stage = aMachine()
  const put = (from: string, name: string): void => {
    const writer = stage.platform.files.create(`D:\\${name}`)
    writer.write(readFileSync(from))
    writer.close()
  }
  put(path, 'package.msi')
  for (const name of readdirSync(dirname(path))) if (/\.cab$/i.test(name)) put(join(dirname(path), name), name)
  const installed = await stage.install('D:\\package.msi', { ...options, properties: { ALLUSERS } })
  if (notInstallable.includes(basename(path)) && dirname(path) === corpus) return assert.equal(installed.exitCode, 1603)
  assert.equal(installed.exitCode, 0, installed.error?.message)
  const { productCode } = installed
  for (const properties of [{ REINSTALL: 'ALL', REINSTALLMODE: 'omus' }, { ADDLOCAL: 'ALL' }, { REMOVE: 'ALL' }]) {
    const result = await stage.configure(productCode, { ...options, properties })
    assert.equal(result.exitCode, 0, `${JSON.stringify(properties)}: ${result.error?.message}`)
  }
}
