import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { runConditions, type ConditionVector } from './conditions.ts'
import { runFormats, type FormatFile } from './format.ts'

const folder = join(process.env.MSIKIT_SHARED ?? resolve(import.meta.dirname, '../../../shared'), 'vectors')
const skip = existsSync(folder) ? false : `${folder} is absent`
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

test('every recorded condition gives the recorded result', { skip }, () => {
  const outcomes = runConditions(read('conditions.json') as { vectors: ConditionVector[] })
  assert.deepEqual(outcomes.filter(({ status }) => status !== 'passed'), [])
})

test('every recorded record formats as recorded', { skip }, () => {
  const outcomes = runFormats(read('format.json') as FormatFile)
  assert.deepEqual(outcomes.filter(({ status }) => status === 'failed'), [])
})
