// Rows of a text archive in the order of their keys, which stays when texts get other numbers in the string pool: so that
// version control sees what changed. Windows stores rows by those numbers; importing does not care.

/** The same archive; bytes beyond ASCII stay as they are. */
export function sortArchive(archive: Uint8Array): Uint8Array {
  const lines = Buffer.from(archive.buffer, archive.byteOffset, archive.length).toString('latin1').split('\r\n')
  const [names = '', types = '', third = '', ...rows] = lines
  const header = third.split('\t')
  const [table, ...keys] = /^\d+$/.test(header[0]!) ? header.slice(1) : header
  if (rows.pop() !== '' || table === undefined || table === '_ForceCodepage') return archive
  const columns = names.split('\t')
  const letters = types.split('\t')
  const positions = keys.map((key) => columns.indexOf(key))
  if (positions.includes(-1)) return archive
  const parts = rows.map((row) => ({ row, key: keyOf(row, positions, letters) }))
  parts.sort((a, b) => compare(a.key, b.key))
  return Buffer.from([names, types, third, ...parts.map(({ row }) => row), ''].join('\r\n'), 'latin1')
}

function keyOf(row: string, positions: readonly number[], letters: readonly string[]): (string | number)[] {
  const fields = row.split('\t')
  return positions.map((position) => /^i/i.test(letters[position] ?? '') ? Number(fields[position] || -Infinity) : fields[position] ?? '')
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]!
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
