import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { standardActionNames } from '../../../actions/index.ts'
import { actionTextOf, english, loadMessageTexts, type MessageTexts } from './index.ts'

const languages = { Spanish: 3082, French: 1036, Italian: 1040, Portuguese: 1046, Russian: 1049 }

/** Fields and properties of a template, those for the log alone marked; groups that depend on a field stay together. */
function placeholders(template: string): string[] {
  const found: string[] = []
  for (const [part] of template.matchAll(/\{\{.*?\}\}|\{[^{}]*\}|\[[^\]]*\]/gs)) {
    const fields = [...part.matchAll(/\[[^\]]*\]/g)].map(([field]) => field).sort().join('')
    found.push(part.startsWith('{{') ? `log ${fields}` : part.startsWith('{') ? `group ${fields}` : fields)
  }
  return found.sort()
}

async function of(...wanted: number[]): Promise<MessageTexts> {
  return loadMessageTexts(wanted)
}

describe('the languages of the installer', () => {
  for (const [name, langid] of Object.entries(languages)) {
    it(`${name} has every message with the fields of the English one`, async () => {
      const texts = await loadMessageTexts([langid])
      assert.notEqual(texts, english)
      assert.deepEqual(Object.keys(texts.errors), Object.keys(english.errors))
      for (const [number, template] of Object.entries(english.errors)) {
        assert.deepEqual(placeholders(texts.errors[Number(number)]!), placeholders(template), `message ${number}`)
      }
    })

    it(`${name} has every action with the fields of the English one`, async () => {
      const texts = await loadMessageTexts([langid])
      assert.deepEqual(Object.keys(texts.actions), Object.keys(english.actions))
      for (const [action, [, template]] of Object.entries(english.actions)) {
        const [description, translated] = texts.actions[action]!
        assert.notEqual(description, '', action)
        assert.deepEqual(placeholders(translated), placeholders(template), action)
      }
    })

    it(`${name} says nothing in English words`, async () => {
      const texts = await loadMessageTexts([langid])
      for (const [number, template] of Object.entries(english.errors)) {
        if (/[a-z]{3} [a-z]{3}/i.test(template.replaceAll(/\[\w+\]/g, ''))) assert.notEqual(texts.errors[Number(number)], template, `message ${number}`)
      }
      for (const [action, [description]] of Object.entries(english.actions)) assert.notEqual(texts.actions[action]![0], description, action)
    })
  }

  it('has words for every action that writes to the machine', () => {
    const silent = new Set(['DisableRollback', 'ExecuteAction', 'ForceReboot', 'InstallExecute', 'InstallExecuteAgain', 'InstallFinalize', 'InstallInitialize',
      'IsolateComponents', 'ResolveSource', 'SEQUENCE', 'ScheduleReboot', 'ValidateProductID'])
    assert.deepEqual(standardActionNames().filter((name) => actionTextOf(english, name).description === '' && !silent.has(name)), [])
  })

  it('is the first of those asked for that there is, whatever the country, and English without one', async () => {
    assert.equal(await of(0, 1031, 0x0c0c), await of(1036), 'a product of no language, German, Canadian French')
    assert.equal(await of(0x0816), await of(1046), 'Portugal and Brazil')
    assert.equal(await of(1033, 1049), english)
    assert.equal(await of(), english)
    assert.equal(await of(0, 1041), english)
  })
})
