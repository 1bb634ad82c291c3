// Where classes, extensions, ProgIds and MIME types are written, and how.
// https://learn.microsoft.com/windows/win32/msi/registerclassinfo-action
import { foldCase } from '../../base/index.ts'
import type { ActionData } from '../script/operation.ts'
import type { Component } from '../session/features/components.ts'
import type { Session } from '../session/session.ts'
import { darwinDescriptor } from './shortcuts.ts'

export function classesKey(session: Session, component: Component | undefined, path: string): string {
  return session.registryKey(0, path, component?.is64Bit ?? session.context.package64Bit)
}

export function setText(session: Session, key: string, name: string, text: string, data?: ActionData): void {
  session.emit({ op: 'RegAddValue', key, name, value: { type: 'REG_SZ', data: text }, mode: 'replace' }, data === undefined ? {} : { data })
}

/** What Windows resolves when the class or verb is used, installing or repairing the feature first where it has to. */
export function setDescriptor(session: Session, key: string, name: string, feature: string, component: Component, parameters = ''): void {
  const descriptor = darwinDescriptor(session, feature, component)
  session.emit({ op: 'RegAddValue', key, name, value: { type: 'REG_MULTI_SZ', data: [parameters === '' ? descriptor : `${descriptor} ${parameters}`] }, mode: 'replace' })
}

/** Takes back a text that still is what was written; somebody else may have put another one in its place. */
export function removeText(session: Session, key: string, name: string, text: string, data?: ActionData): void {
  const found = session.platform.registry.value(key, name)
  if (found === undefined || (found.type !== 'REG_SZ' && found.type !== 'REG_EXPAND_SZ') || foldCase(found.data) !== foldCase(text)) return
  session.emit({ op: 'RegRemoveValue', key, name, pruneEmptyKeys: false }, data === undefined ? {} : { data })
}
