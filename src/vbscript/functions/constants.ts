// Named constants. https://learn.microsoft.com/previous-versions/ydz4cfk3(v=vs.85) (VBScript Constants)
import { integer, long, type Variant } from '../values/variant.ts'

const integers: Readonly<Record<string, number>> = {
  vbBlack: 0, vbRed: 0xff, vbGreen: 0xff00, vbYellow: 0xffff, vbBlue: 0xff0000, vbMagenta: 0xff00ff, vbCyan: 0xffff00, vbWhite: 0xffffff,
  vbBinaryCompare: 0, vbTextCompare: 1, vbDatabaseCompare: 2,
  vbUseSystemDayOfWeek: 0, vbSunday: 1, vbMonday: 2, vbTuesday: 3, vbWednesday: 4, vbThursday: 5, vbFriday: 6, vbSaturday: 7,
  vbUseSystem: 0, vbFirstJan1: 1, vbFirstFourDays: 2, vbFirstFullWeek: 3,
  vbGeneralDate: 0, vbLongDate: 1, vbShortDate: 2, vbLongTime: 3, vbShortTime: 4,
  vbObjectError: -2147221504,
  vbOKOnly: 0, vbOKCancel: 1, vbAbortRetryIgnore: 2, vbYesNoCancel: 3, vbYesNo: 4, vbRetryCancel: 5, vbCritical: 16, vbQuestion: 32,
  vbExclamation: 48, vbInformation: 64, vbDefaultButton1: 0, vbDefaultButton2: 256, vbDefaultButton3: 512, vbDefaultButton4: 768,
  vbApplicationModal: 0, vbSystemModal: 4096, vbMsgBoxHelpButton: 16384, vbMsgBoxSetForeground: 65536, vbMsgBoxRight: 524288, vbMsgBoxRtlReading: 1048576,
  vbOK: 1, vbCancel: 2, vbAbort: 3, vbRetry: 4, vbIgnore: 5, vbYes: 6, vbNo: 7,
  vbUseDefault: -2, vbTrue: -1, vbFalse: 0,
  vbEmpty: 0, vbNull: 1, vbInteger: 2, vbLong: 3, vbSingle: 4, vbDouble: 5, vbCurrency: 6, vbDate: 7, vbString: 8, vbObject: 9, vbError: 10,
  vbBoolean: 11, vbVariant: 12, vbDataObject: 13, vbDecimal: 14, vbByte: 17, vbArray: 8192,
}

const texts: Readonly<Record<string, string>> = {
  vbCr: '\r', vbCrLf: '\r\n', vbFormFeed: '\f', vbLf: '\n', vbNewLine: '\r\n', vbNullChar: '\0', vbNullString: '', vbTab: '\t', vbVerticalTab: '\v',
}

export const constants: ReadonlyMap<string, Variant> = new Map<string, Variant>([
  ...Object.entries(integers).map(([name, value]) => [name.toLowerCase(), value >= -32768 && value <= 32767 ? integer(value) : long(value)] as const),
  ...Object.entries(texts).map(([name, value]) => [name.toLowerCase(), value] as const),
])
