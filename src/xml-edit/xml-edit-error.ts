// What can be wrong with a file or a path, and what a path is.

export class XmlEditError extends Error {
  override readonly name = 'XmlEditError'
  readonly kind: 'unreadable' | 'path'
  /** The path that is meant. */
  readonly path: string

  constructor(kind: 'unreadable' | 'path', path: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.path = path
  }
}

/** XPath 1.0, or the older patterns of MSXML, whose indices begin with 0 and whose names have no namespaces. */
export interface XmlPath {
  readonly path: string
  readonly language: 'xpath' | 'pattern'
}
