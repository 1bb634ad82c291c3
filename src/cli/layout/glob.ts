// Patterns for paths: `*` and `?` within a name, `**` over folders, `[abc]`. Case does not matter, as on Windows.

/** Whether a path fits. A pattern without `/` is for the name alone. */
export function globMatcher(pattern: string): (path: readonly string[]) => boolean {
  const expression = new RegExp(`^${source(pattern)}$`, 'iu')
  return pattern.includes('/') ? (path) => expression.test(path.join('/')) : (path) => expression.test(path.at(-1) ?? '')
}

function source(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]/]+\]|[\\^$.|+(){}[\]/]/g, (one) => {
    if (one === '**/') return '(?:.*/)?'
    if (one === '**') return '.*'
    if (one === '*') return '[^/]*'
    if (one === '?') return '[^/]'
    return one.length > 1 ? `[${one.slice(1, -1).replace(/^!/, '^').replace(/[\\[\]]/g, '\\$&')}]` : `\\${one}`
  })
}
