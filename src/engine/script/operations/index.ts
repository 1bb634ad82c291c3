// Every operation by name.
import type { AnyOperation, OperationHandler, OperationOf } from '../handler.ts'
import { componentRegister, componentUnregister } from './component-register.ts'
import { customActionCommit, customActionRollback, customActionSchedule } from './custom-actions.ts'
import { databaseCopy } from './database-copy.ts'
import { fileCopy } from './file-copy.ts'
import { fileRemove } from './file-remove.ts'
import { fileTouch, fileWrite } from './file-write.ts'
import { firstBoot } from './first-boot.ts'
import { folderCreate } from './folder-create.ts'
import { folderRegister, folderUnregister } from './folder-register.ts'
import { folderRemove } from './folder-remove.ts'
import { folderTimes } from './folder-times.ts'
import { fontRegister, fontUnregister } from './fonts.ts'
import { hostWork } from './host-work.ts'
import { iconCreate, iconRemove } from './icon.ts'
import { iniWriteRemoveValue } from './ini-write-remove-value.ts'
import { mark } from './marks.ts'
import { registration } from './registration.ts'
import { regAddValue, regCreateKey, regGrantAccess, regRemoveKey, regRemoveValue, regSecurity } from './registry-values.ts'
import { serviceDelete, serviceInstall } from './services.ts'
import { shortcutCreate, shortcutRemove } from './shortcut.ts'
import { typeLibraryRegister, typeLibraryUnregister } from './type-libraries.ts'
import { updateEnvironmentStrings } from './update-environment-strings.ts'
import { xmlChange } from './xml-change.ts'

const handlers: { readonly [Name in AnyOperation['op']]: OperationHandler<OperationOf<Name>, unknown> } = {
  ActionStart: mark,
  FolderCreate: folderCreate, FolderRemove: folderRemove, FolderTimes: folderTimes,
  FolderRegister: folderRegister, FolderUnregister: folderUnregister,
  FileCopy: fileCopy, FileRemove: fileRemove, FileWrite: fileWrite, FileTouch: fileTouch, XmlChange: xmlChange, FirstBootPackage: firstBoot,
  RegCreateKey: regCreateKey, RegAddValue: regAddValue, RegSecurity: regSecurity, RegGrantAccess: regGrantAccess, RegRemoveValue: regRemoveValue, RegRemoveKey: regRemoveKey,
  IniWriteRemoveValue: iniWriteRemoveValue, UpdateEnvironmentStrings: updateEnvironmentStrings,
  ShortcutCreate: shortcutCreate, ShortcutRemove: shortcutRemove, IconCreate: iconCreate, IconRemove: iconRemove,
  FontRegister: fontRegister, FontUnregister: fontUnregister,
  TypeLibraryRegister: typeLibraryRegister, TypeLibraryUnregister: typeLibraryUnregister,
  ComponentRegister: componentRegister, ComponentUnregister: componentUnregister,
  ProductPublish: registration, ProductUnpublish: registration, ProductRegister: registration, ProductUnregister: registration,
  FeaturePublish: registration, FeatureUnpublish: registration, UserRegister: registration,
  UpgradeCodePublish: registration, UpgradeCodeUnpublish: registration, SourceListPublish: registration,
  ComponentPublish: registration, ComponentUnpublish: registration,
  DatabaseCopy: databaseCopy,
  ServiceInstall: serviceInstall, ServiceConfigure: registration, ServiceDelete: serviceDelete, ServiceControl: hostWork,
  RegSelfReg: hostWork, RegSelfUnreg: hostWork,
  CustomActionSchedule: customActionSchedule, CustomActionRollback: customActionRollback, CustomActionCommit: customActionCommit,
  DisableRollback: mark,
}

export function handlerOf<O extends AnyOperation>(operation: O): OperationHandler<O, unknown>
export function handlerOf(operation: AnyOperation): OperationHandler<AnyOperation, unknown> {
  return handlers[operation.op] as OperationHandler<AnyOperation, unknown>
}

export function isKnownOperation(operation: { readonly op: string }): operation is AnyOperation {
  return Object.hasOwn(handlers, operation.op)
}
