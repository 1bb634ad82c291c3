// Applies a list of changes to the bytes of an XML file. The paths are the author's: their cost is bounded before they are
// evaluated, for an expression can take any time. Nothing outside the document is read: neither entities nor document types.
import { DOMParser, XMLSerializer, type Document, type Element, type Node } from '@xmldom/xmldom'
import { decodeXml, encodeXml } from './xml-bytes.ts'
import { XmlEditError, type XmlPath } from './xml-edit-error.ts'
import { selectElements, selectNodes } from './xml-path.ts'

interface Placed {
  readonly element: XmlPath
  /** Nothing at the path is an error; else the change is left out. */
  readonly vital: boolean
}

export type XmlEdit = Placed & (
  /** An attribute, or without a name the text of the element; of all elements of the path, or the first. */
  | { readonly edit: 'set-value'; readonly name?: string; readonly value: string; readonly all?: boolean }
  | { readonly edit: 'delete-value'; readonly name?: string }
  /** A new last child, unless `unless` selects something from the element. */
  | { readonly edit: 'create-element'; readonly name: string; readonly value?: string; readonly attributes: readonly { readonly name: string; readonly value: string }[]; readonly unless?: XmlPath }
  /** What `which` selects from the element, or its last child of that name. */
  | { readonly edit: 'delete-element'; readonly name?: string; readonly which?: XmlPath }
  /** The root of another document as a new last child, unless `unless` selects something. */
  | { readonly edit: 'insert-document'; readonly xml: string; readonly unless?: XmlPath }
)

const largestXml = 1 << 24

/**
 * The bytes afterwards; `undefined` when nothing changes.
 * @throws XmlEditError `unreadable` when it is no well-formed XML, `path` when a path is none or selects nothing
 */
export function editXml(bytes: Uint8Array, edits: readonly XmlEdit[]): Uint8Array | undefined {
  if (bytes.length > largestXml) throw new XmlEditError('unreadable', '', `expected at most ${largestXml} bytes, found ${bytes.length}`)
  const text = decodeXml(bytes)
  const document = parse(text.text)
  let changed = false
  for (const edit of edits) changed = apply(document, edit) || changed
  return changed ? encodeXml(new XMLSerializer().serializeToString(document), text) : undefined
}

function parse(text: string): Document {
  const problems: string[] = []
  try {
    const document = new DOMParser({ onError: (_level, message) => { problems.push(message) } }).parseFromString(text, 'text/xml')
    if (problems.length === 0) return document
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
  throw new XmlEditError('unreadable', '', problems[0]!.slice(0, 500))
}

/** Whether the document is another one now. */
function apply(document: Document, edit: XmlEdit): boolean {
  const elements = selectElements(document, document, edit.element)
  if (elements.length === 0) {
    if (edit.vital) throw new XmlEditError('path', edit.element.path, 'nothing in the file is at the path')
    return false
  }
  const [first] = elements as [Element]
  switch (edit.edit) {
    case 'set-value': return (edit.all === true ? elements : [first]).map((element) => setValue(element, edit.name, edit.value)).includes(true)
    case 'delete-value': return deleteValue(first, edit.name)
    case 'create-element': {
      if (edit.unless !== undefined && selectNodes(document, first, edit.unless).length > 0) return false
      const made = createElement(document, first, edit.name)
      for (const { name, value } of edit.attributes) setValue(made, name, value)
      if (edit.value !== undefined && edit.value !== '') setValue(made, undefined, edit.value)
      first.appendChild(made)
      return true
    }
    case 'delete-element': return deleteElements(document, first, edit)
    case 'insert-document': {
      if (edit.unless !== undefined && selectNodes(document, first, edit.unless).length > 0) return false
      first.appendChild(document.importNode(parse(edit.xml).documentElement!, true))
      return true
    }
  }
}

function setValue(element: Element, name: string | undefined, value: string): boolean {
  if (name === undefined) {
    if (element.textContent === value && element.getElementsByTagName('*').length === 0) return false
    element.textContent = value
    return true
  }
  if (element.getAttribute(name) === value) return false
  const namespace = prefixOf(name) === undefined ? null : element.lookupNamespaceURI(prefixOf(name)!)
  checked(name, () => { element.setAttributeNS(namespace, name, value) })

  return true
}

function deleteValue(element: Element, name: string | undefined): boolean {
  if (name === undefined) {
    if (element.textContent === '') return false
    element.textContent = ''
    return true
  }
  if (!element.hasAttribute(name)) return false
  element.removeAttribute(name)
  return true
}

/** In the namespace of its prefix; without one in that which the parent has by default, as it would be read back. */
function createElement(document: Document, parent: Element, name: string): Element {
  return checked(name, () => document.createElementNS(parent.lookupNamespaceURI(prefixOf(name) ?? null), name))
}

function prefixOf(name: string): string | undefined {
  return name.includes(':') ? name.slice(0, name.indexOf(':')) : undefined
}

function checked<Made>(name: string, make: () => Made): Made {
  try {
    return make()
  } catch (error) {
    throw new XmlEditError('path', name, `${name} is no name for an element or attribute of this file`, { cause: error })
  }
}

function deleteElements(document: Document, element: Element, { name, which }: Extract<XmlEdit, { edit: 'delete-element' }>): boolean {
  const found: Node[] = which !== undefined ? selectNodes(document, element, which)
    : [...element.childNodes].filter((node) => node.nodeType === node.ELEMENT_NODE && node.nodeName === name).slice(-1)
  for (const node of found) node.parentNode?.removeChild(node)
  return found.length > 0
}
