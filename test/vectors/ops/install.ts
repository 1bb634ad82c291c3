// Installing, maintaining and removing products.
import { configureProduct, installPackage, parsePropertySettings, type InstallOptions, type InstallResult } from 'msikit/engine'
import { WindowsError } from 'msikit/base'
import { isProductCode } from '../api/product-arguments.ts'
import { invalidParameter, success } from '../api/return-code.ts'
import { sessionOptions } from './messages.ts'
import type { Found, Operation, Step, World } from '../world.ts'

/** The level, and INSTALLUILEVEL_HIDECANCEL, PROGRESSONLY, ENDDIALOG, SOURCERESONLY and UACONLY. */
const knownBits = 0x3e7
const packageOpenFailed = 1619
const pathNotFound = 1627

export const installOperations: Readonly<Record<string, Operation>> = {
  MsiSetInternalUI: ({ level }, world) => {
    const previous = world.uiLevel
    const low = Number(level) & 7
    if ((Number(level) & ~knownBits) !== 0 || low > 5) return { previous: 0 }
    if (low > 0) world.uiLevel = low
    world.uiFlags = Number(level) & ~7
    return { previous }
  },
  MsiInstallProduct: (step, world) => attempt(step, async (properties) => {
    if (step['path'] === null) return { rc: invalidParameter }
    if (step['path'] === '') return { rc: pathNotFound }
    return result(await installPackage(world.platform, { package: world.path(step['path']), ...options(world), properties }), world)
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
    if (!isProductCode(step['product'])) return { rc: invalidParameter }
    const settings = { ...stateProperties(Number(step['state']), Number(step['level'])), ...properties }
    return result(await configureProduct(world.platform, String(step['product']), { ...options(world), properties: settings }), world)
  })
}

/** What an install state and level mean as properties. */
export function stateProperties(state: number, level: number): Readonly<Record<string, string>> {
  if (state === 2 || level === -1) return { REMOVE: 'ALL' }
  if (state === 3) return { ADDLOCAL: 'ALL' }
  if (state === 4) return { ADDSOURCE: 'ALL' }
  if (state === 1) return { ADVERTISE: 'ALL' }
  // INSTALLLEVEL_MAXIMUM is more than the property takes.
  return level > 0 ? { INSTALLLEVEL: String(Math.min(level, 32767)) } : {}
}

function options(world: World): InstallOptions {
  world.log.length = 0
  return {
    ...sessionOptions(world), durability: 'process-end', log: (line) => { world.log.push(line) },
    libraryRunner: { name: 'vectors', runLibrary: (call) => world.runLibrary(call) },
  }
}

/** Windows answers a missing package with its own code, and keeps quiet of restarts below. */
function result({ exitCode, error }: InstallResult, world: World): Found {
  if (exitCode !== success) world.log.push(`=> ${exitCode} ${error?.message ?? ''}`)
  return { rc: exitCode === 110 ? packageOpenFailed : exitCode }
}
