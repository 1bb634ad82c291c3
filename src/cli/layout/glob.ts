// Patterns for paths: `*` and `?` within a name, `**` over folders, `[abc]`. Case does not matter, as on Windows.
import { UsageError } from '../program/errors.ts'

/** @throws UsageError for characters in brackets that are no range, such as `[z-a]` */
export function patternExpression(pattern: string, make: () => RegExp): RegExp {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(`expected a pattern such as *.dll or [a-z]*, found "${pattern}"`)
  }
}

/** Whether a path fits. A pattern without `/` or `\` is for the name alone. */
export function globMatcher(pattern: string): (path: readonly string[]) => boolean {
  const slashed = pattern.replaceAll('\\', '/')
  const expression = patternExpression(pattern, () => new RegExp(`^${source(slashed)}$`, 'iu'))
  return slashed.includes('/') ? (path) => expression.test(path.join('/')) : (path) => expression.test(path.at(-1) ?? '')
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
