// Elements by path. Namespaces: the prefixes that the root element declares are known to a path; in a pattern a name without
// a prefix means that name in whatever namespace.
import type { Document, Element, Node } from '@xmldom/xmldom'
import xpath from 'xpath'
import { XmlEditError, type XmlPath } from './xml-edit-error.ts'

/** What the library has and its types leave out. */
interface PathLibrary {
  parse(path: string): { select(options: { readonly node: Node; readonly allowAnyNamespaceForNoPrefix: boolean; readonly namespaces: (prefix: string) => string }): unknown }
}

/** Elements looked at, at most: a step `//` looks at all of them, one within another at all of them for each. */
const mostLooks = 50_000_000
const mostNesting = 1000

export function selectElements(document: Document, from: Node, path: XmlPath): Element[] {
  return selectNodes(document, from, path).filter((node): node is Element => node.nodeType === node.ELEMENT_NODE)
}

/** @throws XmlEditError for what is no path, or costs too much */
export function selectNodes(document: Document, from: Node, { path, language }: XmlPath): Node[] {
  checkCost(document, path)
  const root = document.documentElement
  const expression = language === 'pattern' ? fromPattern(path) : path
  try {
    const found = (xpath as unknown as PathLibrary).parse(expression).select({
      node: from, allowAnyNamespaceForNoPrefix: language === 'pattern',
      namespaces: (prefix: string) => prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : root?.getAttribute(`xmlns:${prefix}`) ?? '',
    })
    return found as Node[]
  } catch (error) {
    throw new XmlEditError('path', path, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Indices of patterns begin with 0. Text between quotes is left alone. */
function fromPattern(path: string): string {
  return path.replaceAll(/"[^"]*"|'[^']*'|\[\s*(\d+)\s*\]/g, (whole, index: string | undefined) => index === undefined ? whole : `[${Number(index) + 1}]`)
}

function checkCost(document: Document, path: string): void {
  let elements = 0
  let deepest = 0
  let depth = 0
  for (let node: Node | null = document.documentElement; node !== null;) {
    if (node.nodeType === node.ELEMENT_NODE) elements++
    deepest = Math.max(deepest, depth)
    if (node.firstChild !== null) {
      node = node.firstChild
      depth++
      continue
    }
    while (node !== null && node.nextSibling === null) {
      node = node.parentNode
      depth--
    }
    node = node?.nextSibling ?? null
  }
  const wide = path.match(/\/\/|descendant|ancestor|following|preceding/g)?.length ?? 0
  if (deepest > mostNesting || elements ** wide > mostLooks) throw new XmlEditError('path', path, `the path costs too much in a file of ${elements} elements, ${deepest} deep`)
}
