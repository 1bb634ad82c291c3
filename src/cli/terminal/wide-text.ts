// The columns of a text with characters that are not one column wide: two for a Chinese, Japanese or Korean character and for most
// pictures, none for a mark above another character. https://www.unicode.org/reports/tr11/ Pictures that are joined from several are
// not looked for. Bundles load this when there is such a text: even parsing the expression takes a millisecond.
import { eastAsianWidth } from 'get-east-asian-width'

export function wideTextWidth(text: string): number {
  let width = 0
  for (const character of text) if (!/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) width += eastAsianWidth(character.codePointAt(0)!)
  return width
}
