// Changes of XML files by XPath, with everything that is not changed kept: comments, white space between elements, line ends,
// encoding, document type. What any XML writer evens out is evened out: quotes and space within tags, `<a></a>`.
export { editXml, type XmlEdit } from './edit-xml.ts'
export { XmlEditError, type XmlPath } from './xml-edit-error.ts'
