// What a merge can find wrong, with the names and numbers of msmErrorType.
// https://learn.microsoft.com/windows/win32/msi/error-type

export const mergeProblemTypes = {
  languageUnsupported: 1, languageFailed: 2, exclusion: 3, tableMerge: 4, resequenceMerge: 5, featureRequired: 8, badNullSubstitution: 9,
  badSubstitutionType: 10, missingConfigItem: 11, badNullResponse: 12, dataRequestFailed: 13, platformMismatch: 14,
} as const

export interface MergeProblem {
  readonly type: keyof typeof mergeProblemTypes
  /** One sentence, lower case, without a full stop. */
  readonly message: string
  /** The row of the module. */
  readonly table?: string
  readonly key?: readonly string[]
}
