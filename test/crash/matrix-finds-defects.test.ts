// The crash matrix itself: it finds what installers that are not careful enough leave behind, and says how much it tried.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installPackage } from 'msikit/engine'
import { writeFile, type Platform } from 'msikit/platform'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { placesOf, strike, watch, type MatrixResult, type Way } from './package-matrix.ts'
import { once, options, packageWorld, type CrashScenario } from './package-scenarios.ts'

const ways: readonly Way[] = ['killed', 'refused', 'disk full', 'power lost']
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function smallPackage(): Uint8Array {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('App'), 'a.txt', 'content').registry('HKLM', 'Software\\App', 'a', 'b')
  return bytesOf((sink) => { builder.build({ validation: false }).save(sink) })
}

const start = once(async () => packageWorld({ 'D:\\small.msi': smallPackage(), 'C:\\Data\\old.txt': 'old' }))
const install = (platform: Platform): ReturnType<CrashScenario['run']> => installPackage(platform, { ...options, package: 'D:\\small.msi' })

async function tryEverywhere(run: CrashScenario['run'], way: Way): Promise<MatrixResult> {
  const watched = await watch({ name: 'seeded', start, run })
  return strike(watched, way, { from: 0, to: placesOf(watched, way) })
}

type Outcome = Awaited<ReturnType<CrashScenario['run']>>

const failed: Outcome = { exitCode: 1603, error: undefined }

/** What an installer does before it begins, or after it has ended: one that tells of what went wrong, and cleans nothing up. */
function careless(work: (platform: Platform) => void, when: 'before' | 'after', answer: (done: boolean, installed: Outcome) => Outcome = (done, installed) => done ? installed : failed): CrashScenario['run'] {
  return async (platform) => {
    const first = when === 'after' ? await install(platform) : undefined
    let done = true
    try {
      work(platform)
    } catch {
      done = false
    }
    return answer(done, first ?? (done ? await install(platform) : failed))
  }
}

const others = { readOnly: false, hidden: true, system: false }

const defects: Readonly<Record<string, readonly [run: CrashScenario['run'], found: readonly Way[]]>> = {
  'a file that no journal knows of': [careless(({ files }) => { writeFile(files, 'C:\\Data\\stray.txt', bytes('stray')) }, 'before'), ['killed', 'refused', 'disk full', 'power lost']],
  'a file that is written in its place': [careless(({ files }) => { writeFile(files, 'C:\\Data\\old.txt', bytes('new')) }, 'before'), ['killed', 'refused', 'disk full']],
  'an attribute that is not given back': [careless(({ files }) => { files.setAttributes('C:\\Data\\old.txt', others) }, 'before'), ['killed', 'refused', 'disk full', 'power lost']],
  'a folder that has the time of a change': [async (platform) => careless(({ files }) => { files.setTimes('C:\\Data', { modifiedMs: platform.clock.now() }) }, 'before')(platform), ['killed', 'refused', 'disk full']],
  'a registry that is saved in the middle': [careless(({ registry }) => {
    registry.createKey('HKLM\\SOFTWARE\\Stray')
    registry.flush()
  }, 'before'), ['killed', 'refused', 'disk full', 'power lost']],
  'success that is told of half the work': [careless(({ files }) => { writeFile(files, 'C:\\Data\\late.txt', bytes('late')) }, 'after', (_done, installed) => installed), ['killed', 'refused', 'disk full', 'power lost']],
  'failure that is told of work that is done': [careless(({ files }) => { files.setTimes('C:\\Data\\old.txt', { modifiedMs: 5 }) }, 'after'), ['killed', 'refused', 'power lost']],
}

for (const [name, [run, found]] of Object.entries(defects)) {
  for (const way of found) test(`${name}: found when ${way}`, () => assert.rejects(tryEverywhere(run, way), { name: 'AssertionError' }))
}

test('a run that goes another way than the one that was watched is no run of the matrix', async () => {
  let runs = 0
  const wavering = careless(({ files }) => {
    if (runs++ > 0) files.setTimes('C:\\Data\\old.txt', files.stat('C:\\Data\\old.txt')!)
  }, 'before')
  await assert.rejects(tryEverywhere(wavering, 'refused'), { message: /another call was made/ })
})

test('a careful installer stands it, at every place there is', async () => {
  const watched = await watch({ name: 'small', start, run: install })
  const durable = watched.calls.filter(({ port, method }) => port !== 'registry' || method === 'flush')
  assert.ok(durable.length > 10 && watched.calls.length > durable.length, `${durable.length} of ${watched.calls.length} calls`)
  // A state before the first, and one after each that changes what outlives the process; more in the middle of writes.
  assert.ok(placesOf(watched, 'killed') > durable.length)
  assert.equal(placesOf(watched, 'refused'), watched.calls.length)
  for (const way of ways) {
    const places = placesOf(watched, way)
    const { tried, rolledBack, complete } = await strike(watched, way, { from: 0, to: places })
    assert.equal(rolledBack + complete, tried)
    if (way !== 'power lost') assert.equal(tried, places)
    // Past the point of no return no call takes space.
    assert.ok(rolledBack > 0 && (complete > 0 || way === 'disk full'), `${way}: ${rolledBack} rolled back, ${complete} complete`)
  }
})
