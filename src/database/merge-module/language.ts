// Merge modules in several languages: transforms in sub-storages `MergeModule.Lang<id>`, and which of them a request means.
// https://learn.microsoft.com/windows/win32/msi/multiple-language-merge-modules
import type { Database } from '../database.ts'
import { applyTransform } from '../transform/apply-transform.ts'
import type { MergeProblem } from './problem.ts'

const prefix = 'MergeModule.Lang'
/** The lower ten bits: the language without its country. */
const group = (language: number): number => language & 0x3ff

export function moduleLanguage(module: Database): number {
  for (const row of module.table('ModuleSignature')?.rows() ?? []) return row.integer('Language') ?? 0
  return 0
}

/** Languages the module can be merged in, its own first. */
export function moduleLanguages(module: Database): number[] {
  const others = module.storageNames().filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)))
  return [...new Set([moduleLanguage(module), ...others.filter(Number.isInteger)])]
}

/** A language satisfies a request when it is the same, the group the request belongs to, or neutral. */
export function isLanguageFor(available: number, requested: number): boolean {
  return available === requested || available === 0 || (available === group(available) && available === group(requested))
}

/** Changes the module to the language; what it was is lost. */
export function openInLanguage(module: Database, language: number | undefined): MergeProblem | undefined {
  if (language === undefined || isLanguageFor(moduleLanguage(module), language)) return undefined
  const chosen = [language, group(language), 0].map((one) => `${prefix}${one}`).find((name) => module.storage(name) !== undefined)
  if (chosen === undefined) {
    return { type: 'languageUnsupported', message: `expected one of the languages ${moduleLanguages(module).join(', ')}, found ${language} asked for` }
  }
  try {
    applyTransform(module, module.storage(chosen)!)
    return undefined
  } catch (error) {
    return { type: 'languageFailed', message: `transform ${chosen}: ${error instanceof Error ? error.message : String(error)}` }
  }
}
