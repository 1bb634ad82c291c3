// Which modules go together: ModuleDependency and ModuleExclusion against the signatures of what is merged.
// https://learn.microsoft.com/windows/win32/msi/moduleexclusion-table
import { SummaryProperty, summaryText } from '../../property-set/index.ts'
import type { Database } from '../database.ts'
import { isLanguageFor } from './language.ts'
import type { MergeProblem } from './problem.ts'

export interface ModuleDependency {
  /** Who needs it. */
  readonly module: string
  readonly requiredModule: string
  /** 0 is any. */
  readonly requiredLanguage: number
  /** '' is any. */
  readonly requiredVersion: string
}

export function platformProblem(database: Database, module: Database): MergeProblem | undefined {
  const [wanted, found] = [platformOf(module), platformOf(database)]
  if (wanted.toLowerCase() === 'intel' || wanted.toLowerCase() === found.toLowerCase()) return undefined
  return { type: 'platformMismatch', message: `expected a package for ${wanted} as the module is, found one for ${found}` }
}

function platformOf(database: Database): string {
  return summaryText(database.summary, SummaryProperty.template).split(';')[0]! || 'Intel'
}

/** Dependencies of merged modules that no merged module satisfies. */
export function missingDependencies(database: Database): ModuleDependency[] {
  const signatures = [...database.table('ModuleSignature')?.rows() ?? []]
  return [...database.table('ModuleDependency')?.rows() ?? []].flatMap((row) => {
    const needed: ModuleDependency = {
      module: row.text('ModuleID'), requiredModule: row.text('RequiredID'),
      requiredLanguage: row.integer('RequiredLanguage') ?? 0, requiredVersion: row.text('RequiredVersion'),
    }
    const isThere = signatures.some((signature) => signature.text('ModuleID') === needed.requiredModule
      && isMeant(needed.requiredLanguage, signature.integer('Language') ?? 0)
      && (needed.requiredVersion === '' || compareVersions(signature.text('Version'), needed.requiredVersion) >= 0))
    return isThere ? [] : [needed]
  })
}

export function exclusionProblems(database: Database): MergeProblem[] {
  const signatures = [...database.table('ModuleSignature')?.rows() ?? []]
  return [...database.table('ModuleExclusion')?.rows() ?? []].flatMap((row) => {
    const excluded = row.integer('ExcludedLanguage') ?? 0
    const [least, most] = [row.text('ExcludedMinVersion'), row.text('ExcludedMaxVersion')]
    return signatures.flatMap((signature): MergeProblem[] => {
      const language = signature.integer('Language') ?? 0
      const version = signature.text('Version')
      const isExcluded = signature.text('ModuleID') === row.text('ExcludedID')
        && (excluded > 0 ? isMeant(excluded, language) : excluded < 0 && !isMeant(-excluded, language))
        && (least === '' || compareVersions(version, least) >= 0) && (most === '' || compareVersions(version, most) <= 0)
      return isExcluded ? [{
        type: 'exclusion', table: 'ModuleExclusion', key: [row.text('ModuleID'), row.text('ModuleLanguage'), row.text('ExcludedID'), row.text('ExcludedLanguage')],
        message: `module ${row.text('ModuleID')} does not go with ${signature.text('ModuleID')}, language ${language}, version ${version}`,
      }] : []
    })
  })
}

/** A column's language is a language, a group of them, or 0 for any. */
function isMeant(column: number, language: number): boolean {
  return isLanguageFor(column, language)
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let part = 0; part < 4; part++) {
    const difference = (left![part] ?? 0) - (right![part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
