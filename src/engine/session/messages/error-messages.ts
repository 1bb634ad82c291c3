// What numbered messages say when nobody asks for another language: the texts of errors as they are thrown.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages
import { english } from './languages/english.ts'
import type { MessageTexts } from './languages/message-texts.ts'

/** The built-in text with its fields, as an error's `message`: without properties, braces or log-only parts. */
export function builtInErrorText(number: number, fields: readonly (string | number | null)[], texts: MessageTexts = english): string {
  const template = texts.errors[number] ?? `message ${number}${fields.map((_, index) => ` {[${index + 2}]}`).join('')}`
  const fill = (text: string): string => text.replace(/\[(\d+)\]/g, (_, index: string) => {
    const field = Number(index) === 1 ? number : fields[Number(index) - 2]
    return field === null || field === undefined ? '' : String(field)
  })
  const groups = template.replace(/\{\{.*?\}\}/g, '').replace(/\{([^{}]*)\}/g, (_, group: string) =>
    [...group.matchAll(/\[(\d+)\]/g)].every((match) => (fields[Number(match[1]) - 2] ?? '') !== '') ? group : '')
  return fill(groups)
}

/** MSI's own split: 1000 to 1999 are for users, 2000 and more are internal errors of authoring or engine. */
export function isInternalError(number: number): boolean {
  return number >= 2000 && number < 25000
}
