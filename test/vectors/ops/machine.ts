// State of the machine beside files and registry: files held open, private profiles, services, environment.
import { packGuid, WindowsError } from 'msikit/base'
import type { LibraryCall } from 'msikit/engine'
import { noAttributes, readFile, writeFile, type MemoryPlatform, type MemoryService } from 'msikit/platform'
import { invalidHandle, typeLibraryNotRegistered, success } from '../api/return-code.ts'
import { iniValue, withIniValue } from '../api/private-profile.ts'
import { typeLibrary } from '../../installer/type-library.ts'
import { SkipStep, type Found, type Operation, type World } from '../world.ts'

const serviceDoesNotExist = 1060
const serviceRequestTimeout = 1053
const serviceRunsAlready = 1056
const serviceDoesNotRun = 1062
/** SERVICE_CONTROL_STOP */
const controlStop = 1
/** SERVICE_STOPPED and SERVICE_RUNNING */
const ServiceState = { stopped: 1, running: 4 } as const
/** FILE_SHARE_DELETE */
const shareDelete = 4
const servicesKey = 'HKLM\\System\\CurrentControlSet\\Services'
const sessionManager = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager'
const driverKeys = ['HKLM\\Software\\ODBC\\ODBCINST.INI\\ODBC Drivers', 'HKLM\\Software\\Wow6432Node\\ODBC\\ODBCINST.INI\\ODBC Drivers']
/** The product that components are registered for. */
const componentOwner = '{7262AC98-EEBD-4364-8CE3-D654F6A425B9}'

const selfRegisteringModule = 'selfreg.dll'
const selfRegisteredKey = 'HKLM\\Software\\Classes\\selfreg_test'

interface OpenFile {
  readonly process: { running: boolean }
  /** Unless others may rename and remove it. */
  readonly hold: Disposable | undefined
}

export const machineOperations: Readonly<Record<string, Operation>> = {
  openFile: ({ path, create, share }, world) => {
    const full = world.path(path)
    if (create === true) writeFile(world.files, full, new Uint8Array())
    // It is the program that installs: nobody may close it.
    const process = world.platform.processes.add({ facts: { signalable: false }, uses: { [world.files.spelling(full)]: 'open' } })
    const isShared = typeof share === 'number' ? (share & shareDelete) !== 0 : String(share).includes('delete')
    if (isShared) followRenames(world.platform)
    world.state.set(`open ${full.toUpperCase()}`, { process, hold: isShared ? undefined : world.platform.files.hold(full) } satisfies OpenFile)
    return {}
  },
  closeFile: ({ path }, world) => {
    const open = world.state.get(`open ${world.path(path).toUpperCase()}`) as OpenFile | undefined
    if (open === undefined) return {}
    open.process.running = false
    open.hold?.[Symbol.dispose]()
    world.state.delete(`open ${world.path(path).toUpperCase()}`)
    return {}
  },
  processPendingRenames: (_step, world) => {
    const pending = world.platform.registry.value(sessionManager, 'PendingFileRenameOperations')
    const paths = pending?.type === 'REG_MULTI_SZ' ? pending.data.map((one) => one.replace(/^!?\\\?\?\\/, '')) : []
    for (let index = 0; index + 1 < paths.length; index += 2) rename(world, paths[index]!, paths[index + 1]!)
    world.platform.registry.deleteValue(sessionManager, 'PendingFileRenameOperations')
    return {}
  },
  SetEnvironmentVariable: ({ name, value }, world) => {
    const environment = world.platform.machine.environment as Record<string, string>
    if (value === null) delete environment[String(name).toUpperCase()]
    else environment[String(name).toUpperCase()] = String(value)
    return {}
  },
  WritePrivateProfileString: ({ file, section, key, value }, world) => {
    const path = profilePath(world, file)
    const text = world.files.stat(path)?.kind === 'file' ? Buffer.from(readFile(world.files, path)).toString('latin1') : ''
    writeFile(world.files, path, Buffer.from(withIniValue(text, String(section), String(key), value === null ? null : String(value)), 'latin1'))
    return { rc: true }
  },
  GetPrivateProfileString: ({ file, section, key, default: otherwise, size }, world) => {
    const path = profilePath(world, file)
    const text = world.files.stat(path)?.kind === 'file' ? Buffer.from(readFile(world.files, path)).toString('latin1') : ''
    const value = iniValue(text, String(section), String(key)) ?? String(otherwise ?? '')
    return { length: Math.min(value.length, Number(size) - 1), value }
  },
  // Of a type library nothing is looked at but where it is; the module that registers itself is known by its content.
  extractResource: ({ type, name, path }, world) => {
    const isModule = String(name).toLowerCase() === selfRegisteringModule
    if (type !== 'TYPELIB' && !isModule) throw new SkipStep(`resource ${String(type)} ${String(name)} is not at hand`)
    writeFile(world.files, world.path(path), isModule ? new TextEncoder().encode(selfRegisteringModule) : typeLibrary('', 0, []))
    return {}
  },
  loadRegTypeLib: ({ libid, major, minor, lcid }, world) => {
    const version = `HKLM\\Software\\Classes\\TypeLib\\${String(libid)}\\${Number(major).toString(16)}.${Number(minor).toString(16)}`
    const files = ['win64', 'win32'].map((system) => world.platform.registry.value(`${version}\\${Number(lcid).toString(16)}\\${system}`, ''))
    const found = files.some((value) => value?.type === 'REG_SZ' && world.files.stat(value.data)?.kind === 'file')
    return { rc: found ? success : typeLibraryNotRegistered, handles: { typelib: found ? {} : undefined } }
  },
  OpenSCManager: () => ({ created: true, handles: { ret: {} } }),
  OpenService: ({ name }, world) => {
    const exists = world.platform.registry.keyExists(`${servicesKey}\\${String(name)}`)
    return { created: exists, lastError: exists ? success : serviceDoesNotExist, handles: { ret: exists ? world.service(String(name)) : undefined } }
  },
  CreateService: ({ name, display, type, start, error, path }, world) => createService(world, String(name), { display, type, start, error, path }),
  StartService: async ({ service }, world) => controlled(await startService(world, world.handle<MemoryService>(service))),
  ControlService: async ({ service, control }, world) => controlled(await controlService(world, world.handle<MemoryService>(service), Number(control))),
  serviceStatus: ({ service }, world) => {
    const known = world.handle<MemoryService>(service)
    return known === undefined ? controlled(invalidHandle) : { ...controlled(success), state: known.facts.active ? ServiceState.running : ServiceState.stopped }
  },
  CloseServiceHandle: ({ service }, world) => {
    world.close(String(service))
    return {}
  },
  deleteService: ({ name }, world) => {
    world.platform.registry.deleteKey(`${servicesKey}\\${String(name)}`)
    world.platform.services.all.delete(world.service(String(name)).facts.name)
    return {}
  },
  odbcInstalledDrivers: (step, world) => {
    const installed = new Set(driverKeys.flatMap((key) => world.platform.registry.valueNames(key)))
    return {
      includes: listed(step.expect?.['includes']).filter((name) => installed.has(name)),
      excludes: listed(step.expect?.['excludes']).filter((name) => !installed.has(name)),
    }
  },
  setComponentPath: ({ component, context, path }, world) => {
    const { registry } = world.platform
    const { components, product } = componentKeys(world, String(component), String(context))
    registry.createKey(components)
    registry.setValue(components, packGuid(componentOwner)!, { type: 'REG_SZ', data: String(path) })
    registry.createKey(product)
    return {}
  },
  deleteComponentPath: ({ component, context }, world) => {
    const { components, product } = componentKeys(world, String(component), String(context))
    world.platform.registry.deleteKey(components)
    world.platform.registry.deleteKey(product)
    return {}
  },
}

/** What the module does: its key is all that the entry points of the library look at. `undefined` for other libraries. */
export function registerItself({ files, platform: { registry } }: World, { library, entryPoint }: LibraryCall): number | undefined {
  if (!('path' in library) || files.stat(library.path)?.kind !== 'file') return undefined
  if (new TextDecoder().decode(readFile(files, library.path)) !== selfRegisteringModule) return undefined
  if (entryPoint === 'DllRegisterServer') registry.createKey(selfRegisteredKey)
  else if (entryPoint === 'DllUnregisterServer') registry.deleteKey(selfRegisteredKey)
  else return undefined
  return success
}

/** A name without a folder is in that of Windows. */
function profilePath(world: World, file: unknown): string {
  return String(file).includes('\\') ? world.path(file) : `C:\\Windows\\${String(file)}`
}

function listed(names: unknown): readonly string[] {
  return (names ?? []) as readonly string[]
}

/** As on a host: who uses a file goes on using it under its new name. */
function followRenames({ files, processes }: MemoryPlatform): void {
  const rename = files.rename.bind(files)
  files.rename = (from, to) => {
    const spelled = files.spelling(from)
    rename(from, to)
    for (const { uses } of processes.all) {
      const use = uses.get(spelled)
      if (use !== undefined && uses.delete(spelled)) uses.set(files.spelling(to), use)
    }
  }
}

function rename(world: World, from: string, to: string): void {
  if (world.files.stat(from) === undefined) return
  world.files.setAttributes(from, noAttributes)
  if (to === '') world.files.removeFile(from)
  else world.files.rename(from, to)
}

function createService(world: World, name: string, { display, type, start, error, path }: Readonly<Record<string, unknown>>): Found {
  const { registry } = world.platform
  const key = `${servicesKey}\\${name}`
  try {
    registry.createKey(key)
    for (const [value, data] of [['Type', type], ['Start', start], ['ErrorControl', error]] as const) registry.setValue(key, value, { type: 'REG_DWORD', data: Number(data) })
    for (const [value, data] of [['DisplayName', display], ['ImagePath', path]] as const) registry.setValue(key, value, { type: 'REG_SZ', data: String(data) })
  } catch (problem) {
    if (problem instanceof WindowsError) return { created: false, lastError: problem.errno }
    throw problem
  }
  return { created: true, lastError: success, handles: { ret: world.service(name) } }
}

/** These answer whether they succeeded. */
function controlled(error: number): Found {
  return { rc: error === success, lastError: error }
}

async function startService({ platform: { services } }: World, service: MemoryService | undefined): Promise<number> {
  if (service === undefined) return invalidHandle
  if (service.facts.active) return serviceRunsAlready
  return (await services.start(service.facts.name)).done ? success : serviceRequestTimeout
}

async function controlService({ platform: { services } }: World, service: MemoryService | undefined, control: number): Promise<number> {
  if (service === undefined) return invalidHandle
  if (!service.facts.active) return serviceDoesNotRun
  if (control !== controlStop) return success
  return (await services.stop(service.facts.name, { timeLimitMs: 0 })).done ? success : serviceRequestTimeout
}

/** @param context A name, or MSIINSTALLCONTEXT. */
function componentKeys(world: World, component: string, context: string): { components: string; product: string } {
  const isForMachine = /machine|^4$/i.test(context)
  const sid = isForMachine ? 'S-1-5-18' : world.platform.machine.user.sid
  const userData = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\${sid}`
  const packed = packGuid(componentOwner)!
  const published = isForMachine ? 'HKLM\\Software\\Classes\\Installer' : /unmanaged|^2$/i.test(context) ? 'HKCU\\Software\\Microsoft\\Installer'
    : `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\Managed\\${sid}\\Installer`
  return { components: `${userData}\\Components\\${packGuid(component.toUpperCase())!}`, product: `${published}\\Products\\${packed}` }
}
