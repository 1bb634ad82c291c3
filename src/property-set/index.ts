export { SummaryEditor, variantType } from './summary-editor.ts'
export {
  readSummaryInformation, summaryInteger, SummaryProperty, summaryText, writeSummaryInformation,
  type SummaryInformation, type SummaryValue,
} from './summary-information.ts'
