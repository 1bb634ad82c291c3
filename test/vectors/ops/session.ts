// Functions that take the handle of a package: one that was opened, or the one that a custom action gets.
import { openPackageSession, openProductSession, type InstallState, type PackageSession } from 'msikit/engine'
import { WindowsError } from 'msikit/base'
import { formatRecord } from 'msikit/expression'
import { Record as Fields } from 'msikit/sql'
import type { DatabaseHandle } from '../api/database-handle.ts'
import { fileNotFound, invalidHandle, invalidParameter, nullReference, returnCode, success } from '../api/return-code.ts'
import { localTextOut, textOut } from '../api/text-buffer.ts'
import { judgedPlaces } from '../matcher.ts'
import { sessionOptions } from './messages.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const unknownFeature = 1606
const unknownComponent = 1607
const costTrees = ['self', 'children', 'parents'] as const

export const sessionOperations: Readonly<Record<string, Operation>> = {
  MsiOpenPackage: (step, world) => openPackage(step, world),
  openPackageFromDatabase: async (step, world) => {
    const found = await openPackage(step, world)
    world.close(String(step['database']))
    return found
  },
  MsiOpenProduct: (step, world) => {
    if (step['product'] === null || step['product'] === '' || step.omit?.includes('package') === true) return { rc: invalidParameter }
    if (!/^\{[0-9A-F-]{36}\}$/i.test(String(step['product']))) return { rc: invalidParameter }
    return opened(() => openProductSession(world.platform, String(step['product']), sessionOptions(world)))
  },
  MsiGetActiveDatabase: ({ package: name }, world) => {
    const database = world.handle<PackageSession>(name, 'package')?.database
    const handle = database && { database, files: world.files, path: '', readOnly: true, direct: false, isRemote: world.isRemote } satisfies DatabaseHandle
    return { created: handle !== undefined, handles: { database: handle } }
  },
  MsiDoAction: async ({ package: name, action }, world) => {
    if (action === null) return { rc: invalidParameter }
    const session = world.handle<PackageSession>(name, 'package')
    return { rc: session === undefined ? invalidHandle : await resultOf(() => session.doAction(String(action))) }
  },
  MsiSequence: async ({ package: name, table }, world) => {
    if (table === null) return { rc: invalidParameter }
    const session = world.handle<PackageSession>(name, 'package')
    return { rc: session === undefined ? invalidHandle : await resultOf(() => session.sequence(String(table))) }
  },
  MsiGetProperty: (step, world) => {
    if (step['name'] === null) return { rc: invalidParameter }
    return withText(step, world, (session) => session.property(String(step['name'])))
  },
  MsiSetProperty: ({ package: name, name: property, value }, world) => {
    const session = world.handle<PackageSession>(name, 'package')
    if (session === undefined) return { rc: invalidHandle }
    return property === null ? { rc: invalidParameter } : { rc: returnCode(() => session.setProperty(String(property), value === null ? '' : String(value))) }
  },
  MsiGetProductProperty: (step, world) => {
    if (step['name'] === null) return { rc: invalidParameter }
    return withText(step, world, (session) => session.productProperty(String(step['name'])))
  },
  MsiFormatRecord: (step, world) => format(step, world),
  MsiEvaluateCondition: ({ package: name, condition }, world) => {
    const session = world.handle<PackageSession>(name, 'package')
    return { condition: session === undefined ? 'error' : session.condition(condition === null ? null : String(condition)) }
  },
  MsiGetTargetPath: (step, world) => {
    if (step['folder'] === null) return { rc: invalidParameter }
    return withText(step, world, (session) => session.targetPath(String(step['folder'])))
  },
  MsiGetSourcePath: (step, world) => {
    if (step['folder'] === null) return { rc: invalidParameter }
    return withText(step, world, (session) => session.sourcePath(String(step['folder'])))
  },
  MsiSetTargetPath: ({ package: name, folder, path }, world) => {
    if (folder === null || path === null) return { rc: invalidParameter }
    return withSession(world, name, (session) => { session.setTargetPath(String(folder), String(path)) })
  },
  MsiGetFeatureState: (step, world) => state(step, world, unknownFeature, (session) => step['feature'] === null ? undefined : session.featureState(String(step['feature']))),
  MsiGetComponentState: (step, world) => state(step, world, unknownComponent, (session) => step['component'] === null ? undefined : session.componentState(String(step['component']))),
  MsiSetFeatureState: ({ package: name, feature, state: wanted }, world) => feature === null ? { rc: unknownFeature }
    : withSession(world, name, (session) => { session.setFeatureState(String(feature), Number(wanted) as InstallState) }),
  MsiSetComponentState: ({ package: name, component, state: wanted }, world) => component === null ? { rc: unknownComponent }
    : withSession(world, name, (session) => { session.setComponentState(String(component), Number(wanted) as InstallState) }),
  MsiSetFeatureAttributes: ({ package: name, feature, attributes }, world) => {
    if (feature === null || feature === '') return { rc: unknownFeature }
    return withSession(world, name, (session) => { session.setFeatureAttributes(String(feature), Number(attributes)) })
  },
  MsiGetFeatureInfo: featureInfo,
  MsiGetFeatureCost: (step, world) => {
    if (step['feature'] === null) return { rc: invalidParameter, cost: 0 }
    const session = world.handle<PackageSession>(step['package'], 'package')
    if (session === undefined) return { rc: invalidHandle }
    if (step.omit?.includes('cost') === true) return { rc: world.isRemote ? nullReference : invalidParameter }
    let cost: number | undefined
    const rc = returnCode(() => { cost = session.featureCost(String(step['feature']), costTrees[Number(step['costTree'])] ?? 'self', Number(step['state']) as InstallState) })
    return { rc, cost }
  },
  MsiEnumComponentCosts: componentCosts,
  MsiSetInstallLevel: ({ package: name, level }, world) => withSession(world, name, (session) => { session.setInstallLevel(Number(level)) }),
  MsiGetMode: ({ package: name, mode }, world) => ({ rc: world.handle<PackageSession>(name, 'package')?.mode(Number(mode)) ?? false }),
  MsiSetMode: ({ package: name, mode, state: on }, world) => withSession(world, name, (session) => { session.setMode(Number(mode), Boolean(on)) }),
  MsiGetLanguage: ({ package: name }, world) => ({ rc: world.handle<PackageSession>(name, 'package')?.language ?? invalidHandle }),
}

async function openPackage(step: Step, world: World): Promise<Found> {
  if (step.omit?.includes('package') === true) return { rc: invalidParameter }
  if ('database' in step) {
    const handle = world.handle<DatabaseHandle>(step['database'], 'database')
    if (handle === undefined || handle.isRemote === true) return { rc: invalidHandle }
    return openHandle(handle, world)
  }
  const { path } = step
  if (path === null) return { rc: invalidParameter }
  if (path === '#') return { rc: invalidHandle }
  const found = await opened(() => openPackageSession(world.platform, { path: world.path(path) }, sessionOptions(world)))
  return world.files.stat(world.path(path))?.kind === 'file' ? found : { rc: fileNotFound }
}

/** A database that is open already, as a package. */
export function openHandle({ database, path }: DatabaseHandle, world: World): Promise<Found> {
  return opened(() => openPackageSession(world.platform, { database, path }, sessionOptions(world)))
}

async function opened(open: () => PackageSession): Promise<Found> {
  let session: PackageSession | undefined
  const rc = returnCode(() => { session = open() })
  await session?.opened
  return { rc, handles: { package: session } }
}

async function resultOf(action: () => Promise<number>): Promise<number> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof WindowsError) return error.errno
    throw error
  }
}

function withSession(world: World, name: unknown, action: (session: PackageSession) => void): Found {
  const session = world.handle<PackageSession>(name, 'package')
  return { rc: session === undefined ? invalidHandle : returnCode(() => action(session)) }
}

function withText(step: Step, world: World, text: (session: PackageSession) => string): Found {
  const session = world.handle<PackageSession>(step['package'], 'package')
  if (session === undefined) return { rc: invalidHandle }
  let value = ''
  const rc = returnCode(() => { value = text(session) })
  if (rc !== success) return { rc }
  const found = textOut(value, step, world)
  const number = Number.parseInt(found.value ?? '', 10)
  // A placeholder makes a text of the number.
  return { ...found, valueAsInt: typeof step.expect?.['valueAsInt'] === 'string' ? String(number) : number, valueAt: judgedPlaces(found.value) }
}

function format(step: Step, world: World): Found {
  const fields = world.handle<Fields>(step['record'], 'record')
  if (fields === undefined) return { rc: invalidHandle }
  const session = step['package'] === null ? undefined : world.handle<PackageSession>(step['package'], 'package')
  if (step['package'] !== null && session === undefined) return { rc: invalidHandle }
  const record = Array.from({ length: fields.fieldCount + 1 }, (_, index) => {
    const cell = fields.cell(index)
    return typeof cell === 'object' ? null : cell
  })
  return session === undefined ? { ...localTextOut(formatRecord(record), step, world) } : { ...textOut(session.format(record), step, world) }
}

function state(step: Step, world: World, unknown: number, read: (session: PackageSession) => { installed: number; action: number } | undefined): Found {
  const session = world.handle<PackageSession>(step['package'], 'package')
  if (session === undefined) return { rc: invalidHandle }
  if (step.omit?.includes('installed') === true || step.omit?.includes('action') === true) return { rc: world.isRemote ? nullReference : invalidParameter }
  let found: { installed: number; action: number } | undefined
  const rc = returnCode(() => { found = read(session) })
  return { rc: rc || (found === undefined ? unknown : success), ...found }
}

function featureInfo(step: Step, world: World): Found {
  const { feature } = step
  if (feature === null) return { rc: invalidParameter }
  const session = world.handle<PackageSession>(step['package'], 'package')
  if (session === undefined) return { rc: invalidHandle }
  if (feature === '') return { rc: unknownFeature }
  let info: ReturnType<PackageSession['featureInfo']> | undefined
  const rc = returnCode(() => { info = session.featureInfo(String(feature)) })
  if (info === undefined) return { rc }
  const title = textOut(info.title, { ...step, bufferChars: step['titleSize'], omit: omitted(step, 'title') }, world)
  const help = textOut(info.description, { ...step, bufferChars: step['helpSize'], omit: omitted(step, 'help') }, world)
  return { rc: title.rc || help.rc, attributes: info.attributes, title: title.value, titleSize: title.size, help: help.value, helpSize: help.size }
}

function omitted(step: Step, pointer: string): readonly string[] {
  const { omit = [] } = step
  return [...omit.includes(pointer) ? ['value'] : [], ...omit.includes(`${pointer}Size`) ? ['size'] : []]
}

function componentCosts(step: Step, world: World): Found {
  const session = world.handle<PackageSession>(step['package'], 'package')
  if (session === undefined) return { rc: invalidHandle }
  const { component, index, state: wanted, omit = [] } = step
  if (['drive', 'size', 'cost', 'tempCost'].some((pointer) => omit.includes(pointer))) return { rc: invalidParameter }
  let costs: ReturnType<PackageSession['componentCosts']> = []
  const rc = returnCode(() => { costs = session.componentCosts(String(component ?? ''), Number(wanted) as InstallState) })
  if (rc !== success) return { rc }
  const cost = costs[Number(index)]
  if (cost === undefined) return { rc: 259 }
  const { value, ...text } = textOut(cost.drive, step, world)
  return { ...text, drive: value, cost: cost.cost, tempCost: cost.temporaryCost }
}
