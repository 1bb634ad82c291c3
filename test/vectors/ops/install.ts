// Installing, maintaining and removing products.
import { configureProduct, installPackage, parsePropertySettings, type InstallOptions, type InstallResult, type UiLevel } from 'msikit/engine'
import { WindowsError } from 'msikit/base'
import { invalidParameter, success } from '../api/return-code.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const levels: Readonly<Record<number, UiLevel>> = { 2: 'none', 3: 'basic', 4: 'reduced', 5: 'full' }
const defaultLevel = 5
const packageOpenFailed = 1619
const pathNotFound = 1627

export const installOperations: Readonly<Record<string, Operation>> = {
  MsiSetInternalUI: ({ level }, world) => {
    const previous = world.uiLevel
    const low = Number(level) & 7
    if (low >= 1 && low <= 5) world.uiLevel = low === 1 ? defaultLevel : low
    return { previous }
  },
  MsiInstallProduct: (step, world) => attempt(step, async (properties) => {
    if (step['path'] === null) return { rc: invalidParameter }
    if (step['path'] === '') return { rc: pathNotFound }
    return result(await installPackage(world.platform, { package: world.path(step['path']), ...options(world, step), properties }), world)
  }),
  MsiConfigureProduct: (step, world) => configure(step, world),
  MsiConfigureProductEx: (step, world) => configure(step, world),
}

async function attempt(step: Step, action: (properties: Readonly<Record<string, string>>) => Promise<Found>): Promise<Found> {
  try {
    return await action(Object.fromEntries(parsePropertySettings(String(step['commandLine'] ?? ''))))
  } catch (error) {
    if (error instanceof WindowsError) return { rc: error.errno }
    throw error
  }
}

function configure(step: Step, world: World): Promise<Found> {
  return attempt(step, async (properties) => {
    if (step['product'] === null || String(step['product']) === '') return { rc: invalidParameter }
    const settings = { ...stateProperties(Number(step['state']), Number(step['level'])), ...properties }
    return result(await configureProduct(world.platform, String(step['product']), { ...options(world, step), properties: settings }), world)
  })
}

/** What an install state and level mean as properties. */
function stateProperties(state: number, level: number): Readonly<Record<string, string>> {
  if (state === 2 || level === -1) return { REMOVE: 'ALL' }
  if (state === 3) return { ADDLOCAL: 'ALL' }
  if (state === 4) return { ADDSOURCE: 'ALL' }
  return state === 1 ? { ADVERTISE: 'ALL' } : {}
}

function options(world: World, _step: Step): InstallOptions {
  world.log.length = 0
  return {
    ui: levels[world.uiLevel] ?? 'none', noModalDialogs: true, durability: 'process-end', log: (line) => { world.log.push(line) },
    libraryRunner: { name: 'vectors', runLibrary: (call) => world.runLibrary(call) },
  }
}

/** Windows answers a missing package with its own code, and keeps quiet of restarts below. */
function result({ exitCode, error }: InstallResult, world: World): Found {
  if (exitCode !== success) world.log.push(`=> ${exitCode} ${error?.message ?? ''}`)
  return { rc: exitCode === 110 ? packageOpenFailed : exitCode }
}
