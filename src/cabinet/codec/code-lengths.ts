// Huffman code lengths of at most `maximum` bits for given frequencies, and the canonical codes that belong to them.
// Deterministic: symbols of equal frequency are taken in the order of their values.

/**
 * Lengths by symbol, 0 for those that do not occur. They always form a complete code, as some readers demand: where
 * fewer than two symbols occur, the lowest others get a code too.
 */
export function codeLengths(frequencies: ArrayLike<number>, maximum: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length)
  const used: number[] = []
  for (let symbol = 0; symbol < frequencies.length; symbol++) if (frequencies[symbol]! > 0) used.push(symbol)
  for (let symbol = 0; used.length < 2; symbol++) if (!used.includes(symbol)) used.push(symbol)
  used.sort((a, b) => frequencies[a]! - frequencies[b]! || a - b)
  const counts = limit(countLengths(used.map((symbol) => frequencies[symbol]!)), maximum)
  // The rarest symbols get the longest codes.
  let next = 0
  for (let length = maximum; length > 0; length--) {
    for (let count = counts[length]!; count > 0; count--) lengths[used[next++]!] = length
  }
  return lengths
}

/** How many codes have each length in a Huffman tree over `weights`, which rise. */
function countLengths(weights: readonly number[]): number[] {
  const leaves = weights.length
  const total = leaves * 2 - 1
  const weight = Float64Array.from({ length: total }, (_, node) => weights[node] ?? 0)
  const parent = new Int32Array(total)
  let leaf = 0
  let inner = leaves
  const take = (made: number): number => leaf < leaves && (inner >= made || weight[leaf]! <= weight[inner]!) ? leaf++ : inner++
  for (let node = leaves; node < total; node++) {
    const a = take(node)
    const b = take(node)
    parent[a] = node
    parent[b] = node
    weight[node] = weight[a]! + weight[b]!
  }
  const depth = new Int32Array(total)
  const counts: number[] = []
  for (let node = total - 2; node >= 0; node--) {
    depth[node] = depth[parent[node]!]! + 1
    if (node < leaves) counts[depth[node]!] = (counts[depth[node]!] ?? 0) + 1
  }
  return counts
}

/** Moves codes that are too long to `maximum` bits and lengthens shorter ones until the code fits again. */
function limit(counts: readonly number[], maximum: number): number[] {
  const limited = Array.from({ length: maximum + 1 }, (_, length) => counts[length] ?? 0)
  for (let length = maximum + 1; length < counts.length; length++) limited[maximum]! += counts[length] ?? 0
  let space = -(2 ** maximum)
  for (let length = 1; length <= maximum; length++) space += limited[length]! * 2 ** (maximum - length)
  for (; space > 0; space--) {
    limited[maximum]!--
    let length = maximum - 1
    while (limited[length] === 0) length--
    limited[length]!--
    limited[length + 1]! += 2
  }
  return limited
}

/** Canonical codes, highest bit first. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(18)
  for (const length of lengths) if (length > 0) next[length + 1]!++
  for (let length = 1, code = 0; length < 17; length++) {
    code = code + next[length]! << 1
    next[length] = code
  }
  return Uint16Array.from(lengths, (length) => length === 0 ? 0 : next[length]!++)
}
