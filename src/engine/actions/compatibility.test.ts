// docs/compatibility.md says what the code does.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createMemoryPlatform } from '../../platform/index.ts'
import { kindOf } from '../custom-actions/custom-action.ts'
import { currentInstallerVersion } from '../session/properties/installer-version.ts'
import { readPolicies } from '../session/properties/policies.ts'
import { actionExtent, standardActionNames } from './index.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/compatibility.md'), 'utf8')

/** The cells of the table below a heading, without the rows of its head. */
function table(heading: string): string[][] {
  const section = page.slice(page.indexOf(`## ${heading}\n`)).split(/\n## /)[0]!
  return section.split('\n').filter((line) => line.startsWith('|')).slice(2).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()))
}

describe('docs/compatibility.md', () => {
  const actions = table('Standard actions').map(([name = '', extent = '', text = '']) => ({ name: name.replaceAll('`', ''), extent, text }))
  const topLevel = new Set(['INSTALL', 'ADMIN', 'ADVERTISE'])

  it('has every standard action once, and no other', () => {
    assert.deepEqual(actions.map(({ name }) => name).filter((name) => !topLevel.has(name)).sort(), standardActionNames())
    assert.ok(actions.length >= 80)
  })

  it('claims of each action what the engine has for it', () => {
    for (const { name, extent } of actions.filter((one) => !topLevel.has(one.name))) {
      const claims = { done: ['done', 'partly'], told: ['told'], nothing: ['nothing'] }[actionExtent(name)!]
      assert.ok(claims.includes(extent), `${name}: the page says ${extent}, the engine ${actionExtent(name)}`)
    }
  })

  it('says what is missing where something is', () => {
    for (const { name, extent, text } of actions) {
      if (extent === 'told' || extent === 'partly') assert.ok(text !== '' || name.startsWith('Un'), name)
    }
  })

  it('knows the kinds of custom actions', () => {
    const rows = table('Custom action types')
    const documented = [1, 2, 5, 6, 7, 17, 18, 19, 21, 22, 23, 34, 35, 37, 38, 39, 50, 51, 53, 54]
    assert.deepEqual(rows.map(([type]) => Number(type)), documented)
    for (const [type, kind] of rows) assert.equal(kindOf(Number(type)), kind, `type ${type}`)
    for (let type = 0; type < 64; type++) assert.equal(kindOf(type) === 'invalid', !documented.includes(type), `type ${type}`)
  })

  it('claims those policies that are read', () => {
    const read = new Set<string>()
    const { registry } = createMemoryPlatform()
    const watched = Object.assign(Object.create(registry) as typeof registry, { value: (_: string, name: string) => void read.add(name) })
    readPolicies(watched, currentInstallerVersion, () => {})
    const claimed = table('System policies').map(([name = '', extent = '']) => [name.replaceAll('`', ''), extent] as const)
    assert.deepEqual(claimed.filter(([, extent]) => extent === 'done' || extent === 'partly').map(([name]) => name).sort(), [...read].sort())
  })
})
