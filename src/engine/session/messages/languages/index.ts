// Which language the installer speaks where the package does not: that of the product, as the documentation has it, or
// of the user for a product of no language or of one that is not among ours; English when that fails too. Other tables
// than the English one are loaded when they are needed.
// https://learn.microsoft.com/windows/win32/msi/productlanguage, …/actiontext-table; docs/decisions/0053-languages.md
import { english } from './english.ts'
import type { MessageTexts } from './message-texts.ts'

export { actionTextOf, type ActionText, type MessageTexts } from './message-texts.ts'
export { english } from './english.ts'

/** By primary language, the lower ten bits of a LANGID. https://learn.microsoft.com/windows/win32/intl/language-identifiers */
const loaders: Readonly<Record<number, () => Promise<MessageTexts> | MessageTexts>> = {
  0x09: () => english,
  0x0a: async () => (await import('./spanish.ts')).spanish,
  0x0c: async () => (await import('./french.ts')).french,
  0x10: async () => (await import('./italian.ts')).italian,
  0x16: async () => (await import('./portuguese.ts')).portuguese,
  0x19: async () => (await import('./russian.ts')).russian,
}

/** @param languages LANGIDs in the order of preference; 0 is none */
export function loadMessageTexts(languages: readonly number[]): Promise<MessageTexts> | MessageTexts {
  const known = languages.map(primaryLanguage).find((language) => Object.hasOwn(loaders, language))
  return known === undefined ? english : loaders[known]!()
}

function primaryLanguage(language: number): number {
  return language & 0x3ff
}
