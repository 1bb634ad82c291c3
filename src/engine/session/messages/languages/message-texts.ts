// What the installer itself says in one language.
// https://learn.microsoft.com/windows/win32/msi/error-table, …/actiontext-table

export interface MessageTexts {
  /** Templates of numbered messages: `[1]` is the number, `[2]` the first field; `{{…}}` is for the log alone. */
  readonly errors: Readonly<Record<number, string>>
  /** By name of the action; an empty template suppresses action data. */
  readonly actions: Readonly<Record<string, readonly [description: string, template: string]>>
}

export interface ActionText {
  readonly description: string
  /** Formats the ActionData record; `''` suppresses action data. */
  readonly template: string
}

export function actionTextOf({ actions }: MessageTexts, action: string): ActionText {
  const [description, template] = (Object.hasOwn(actions, action) ? actions[action] : undefined) ?? ['', '']
  return { description, template }
}
