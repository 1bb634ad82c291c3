// Where classes, extensions, ProgIds and MIME types are written, and how.
// https://learn.microsoft.com/windows/win32/msi/registerclassinfo-action
import type { ActionData } from '../script/operation.ts'
import type { Component } from '../session/components.ts'
import type { Session } from '../session/session.ts'

export function classesKey(session: Session, component: Component | undefined, path: string): string {
  return session.registryKey(0, path, component?.is64Bit ?? session.context.package64Bit)
}

export function setText(session: Session, key: string, name: string, text: string, data?: ActionData): void {
  session.emit({ op: 'RegAddValue', key, name, value: { type: 'REG_SZ', data: text }, mode: 'replace' }, data === undefined ? {} : { data })
}
