// ServiceInstall and ServiceDelete: services as the registry of the root describes them; a running service manager is
// asked by ServiceControl only. https://learn.microsoft.com/windows/win32/msi/installservices-action; registration.md §11.7
import type { RegistryValue } from '../../../platform/index.ts'
import type { OperationOf } from '../handler.ts'
import type { RegistryEdit } from '../operation.ts'
import { registryOperation, type RegistryHandler } from '../registry-operation.ts'

const servicesKey = 'HKLM\\System\\CurrentControlSet\\Services'
/** ServiceInstall.ErrorControl: a failure ends the installation; no part of what is stored. */
const vital = 0x8000

export const serviceInstall: RegistryHandler<OperationOf<'ServiceInstall'>> = registryOperation((operation) => {
  const key = `${servicesKey}\\${operation.name}`
  const set = (name: string, value: RegistryValue): RegistryEdit => ({ edit: 'set', key, name, value })
  const dependencies = operation.dependencies.split('\0').filter((one) => one !== '')
  const services = dependencies.filter((one) => !one.startsWith('+'))
  const groups = dependencies.filter((one) => one.startsWith('+')).map((one) => one.slice(1))
  const edits = [
    set('Type', { type: 'REG_DWORD', data: operation.serviceType }),
    set('Start', { type: 'REG_DWORD', data: operation.startType }),
    set('ErrorControl', { type: 'REG_DWORD', data: operation.errorControl & ~vital }),
    set('ImagePath', { type: 'REG_EXPAND_SZ', data: operation.imagePath }),
    set('ObjectName', { type: 'REG_SZ', data: operation.startName === '' ? 'LocalSystem' : operation.startName }),
  ]
  // Without one the service manager shows the name.
  if (operation.displayName !== '') edits.push(set('DisplayName', { type: 'REG_SZ', data: operation.displayName }))
  if (operation.loadOrderGroup !== '') edits.push(set('Group', { type: 'REG_SZ', data: operation.loadOrderGroup }))
  if (services.length > 0) edits.push(set('DependOnService', { type: 'REG_MULTI_SZ', data: services }))
  if (groups.length > 0) edits.push(set('DependOnGroup', { type: 'REG_MULTI_SZ', data: groups }))
  if (operation.description !== '') edits.push(set('Description', { type: 'REG_SZ', data: operation.description }))
  return edits
})

export const serviceDelete: RegistryHandler<OperationOf<'ServiceDelete'>> = registryOperation(
  ({ name }, registry) => registry.keyExists(`${servicesKey}\\${name}`) ? [{ edit: 'delete-key', key: `${servicesKey}\\${name}` }] : [],
)
