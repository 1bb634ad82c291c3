// `node list-cabinet.mjs FILE`: names and sizes, one a line.
import { writeSync } from 'node:fs'
import { openCabinet } from 'msikit/cabinet'
import { openFileSource } from 'msikit/node'

const cabinet = openCabinet(openFileSource(process.argv[2]))
writeSync(1, cabinet.files.map((file) => `${file.size} ${file.name}\n`).join(''))
