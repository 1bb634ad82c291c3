// Bytes of files and streams as text, in the code page of the western installations of Windows.
import { codePage } from '../base/index.ts'

export function decodeAnsi(bytes: Uint8Array): string {
  return codePage(1252).decode(bytes)
}
