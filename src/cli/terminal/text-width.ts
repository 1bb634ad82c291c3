// How many columns of a terminal a text takes.
import { wideTextWidth } from './wide-text.ts'

/** All others are one column wide, and most packages have no other. */
const notAlwaysOne = /[\u0300-\u036f\u0483-\u1fff\u200b-\u200f\u2028-\u20ff\u231a-\uffff]/

export function textWidth(text: string): number {
  return notAlwaysOne.test(text) ? wideTextWidth(text) : text.length
}

/** As `padEnd`, by columns. */
export function padWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}
