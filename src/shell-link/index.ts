export type { ShellProperty, ShellPropertyValue } from './property-store.ts'
export { readShellLink, ShowCommand, writeShellLink, type ShellLink } from './shell-link.ts'
