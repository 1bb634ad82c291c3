// Names of streams and keys as names of files, on every file system: what a file cannot be called is `%` and two
// hexadecimal digits (of UTF-8), and so is the first letter of a name that differs from another one only by case.

// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u001f<>:"/\\|?*%\u007f]|[. ]$|^[. ]/g
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\.|$)/i

/** Gives each name of a folder its file. */
export class FileNames {
  readonly #used = new Set<string>()

  of(name: string): string {
    let file = name.replace(forbidden, escape)
    if (reserved.test(file) || this.#used.has(file.toLowerCase())) file = escape(file[0]!) + file.slice(1)
    // Three names that differ by case alone.
    for (let at = 1; this.#used.has(file.toLowerCase()) && at < name.length; at++) file = [...name].map((one, index) => index <= at ? escape(one) : one.replace(forbidden, escape)).join('')
    this.#used.add(file.toLowerCase())
    return file
  }
}

function escape(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

/** The name again; a `%` that no digits follow stands for itself. */
export function nameOfFile(file: string): string {
  return file.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => new TextDecoder().decode(Uint8Array.from(run.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))))
}
