// How many columns of a terminal a text takes: two for a Chinese, Japanese or Korean character and for most pictures, none for a mark
// above another character. https://www.unicode.org/reports/tr11/ Pictures that are joined from several are not looked for.
import { eastAsianWidth } from 'get-east-asian-width'

/** All others are one column wide: what most packages have needs no look into the table, which bundles load with the first call. */
const notAlwaysOne = /[\u0300-\u036f\u0483-\u1fff\u200b-\u200f\u2028-\u20ff\u231a-\uffff]/

export function textWidth(text: string): number {
  if (!notAlwaysOne.test(text)) return text.length
  let width = 0
  for (const character of text) if (!/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) width += eastAsianWidth(character.codePointAt(0)!)
  return width
}

/** As `padEnd`, by columns. */
export function padWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}
