export { Hive, createHive, openHive, type HiveOptions } from './hive.ts'
export { defaultSecurity, sidBytes } from './security.ts'
export { createTextHive, parseTextHive, type TextHive } from './text-hive.ts'
