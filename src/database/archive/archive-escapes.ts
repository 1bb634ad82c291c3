// Control characters in the fields of text archives, and what stands for them.
// https://learn.microsoft.com/windows/win32/msi/ascii-data-in-text-archive-files

const substitutes: readonly (readonly [character: string, substitute: string])[] = [
  ['\0', '\u0015'], ['\b', '\u001b'], ['\t', '\u0010'], ['\n', '\u0019'], ['\f', '\u0018'], ['\r', '\u0011'],
]
const toSubstitute = new Map(substitutes)
const fromSubstitute = new Map(substitutes.map(([character, substitute]) => [substitute, character]))

/** What to write for each byte of a text. */
export const escapedBytes = Uint8Array.from({ length: 256 }, (_, byte) => (toSubstitute.get(String.fromCharCode(byte)) ?? String.fromCharCode(byte)).charCodeAt(0))

export function escapeField(text: string): string {
  return text.replace(/[\0\b\t\n\f\r]/g, (one) => toSubstitute.get(one)!)
}

/** As Windows does, a CR that ends no line is passed over, and a NUL inside a field is taken for a line feed. */
export function unescapeField(field: string): string {
  return field.replaceAll('\r', '').replace(/[\0\u0010\u0011\u0015\u0018\u0019\u001b]/g, (one) => one === '\0' ? '\n' : fromSubstitute.get(one)!)
}
