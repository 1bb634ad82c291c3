// `msikit cab`: cabinets on their own. Each of its commands is declared in ../cab/.
import { create } from '../cab/create.ts'
import { extract } from '../cab/extract.ts'
import { list } from '../cab/list.ts'
import { familyRunner } from '../program/subcommands.ts'

export const run = familyRunner({
  name: 'cab',
  about: 'Cabinets: look into them, take files out, make new ones',
  commands: {
    list: { about: 'The files of a cabinet or a set of cabinets', run: list },
    extract: { about: 'Take files out', run: extract },
    create: { about: 'Make a cabinet, or a set of cabinets', run: create },
  },
  examples: [
    ['msikit cab list data1.cab', 'What is in the cabinet, and in those that follow it'],
    ['msikit cab extract data1.cab -o data', 'Fills data/'],
    ['msikit cab create -o app.cab --compression lzx app/', 'All files of a folder, as small as cabinets get'],
  ],
})
