// The one table of a run: a block of lines for each case.

const columns = [['contender', 34], ['wall s', 8], ['least', 8], ['CPU s', 8], ['MiB', 6], ['ratio', 7], ['range', 13], ['CPU ratio', 9]]

export function printHead(load) {
  console.log(`ratio: time of the peer / time of msikit, median over the rounds (above 1: msikit is faster); load at the start ${load.toFixed(1)}`)
  console.log(columns.map(([name, width]) => cell(name, width)).join(' '))
}

export function printCase({ title, goal, rounds, contenders, skipped, failed, overFloorMs }) {
  console.log(`\n${title}${rounds === undefined ? '' : ` (${rounds} rounds)`}${goal === '' ? '' : `; goal: ${goal}`}`)
  if (skipped !== undefined) console.log(`  skipped: ${skipped}`)
  if (failed !== undefined) console.log(`  FAILED: ${failed}`)
  for (const [index, one] of contenders.entries()) {
    if (one.skipped) {
      console.log(`  ${cell(one.name, 32)} skipped: ${one.skipped}`)
      continue
    }
    console.log(['  ' + cell(one.name, 32), number(one.wall, 8, 3), number(one.least, 8, 3), number(one.cpu, 8, 3),
      number(one.memory === undefined ? undefined : one.memory / 2 ** 20, 6, 0),
      ...(index === 0 ? [] : [number(one.ratio, 7, 2), cell(`${one.ratioRange.map((value) => value.toFixed(2)).join('..')}`, 13, true), number(one.cpuRatio, 9, 2)]),
    ].join(' '))
  }
  if (overFloorMs !== undefined) console.log(`  more than the floor: ${overFloorMs.toFixed(1)} ms (median of the differences)`)
}

function cell(text, width, right = false) {
  return right || text === text.trim() && /^(wall|least|CPU|MiB|ratio|range)/.test(text) ? text.padStart(width) : text.padEnd(width)
}

function number(value, width, digits) {
  return (value === undefined ? '-' : value.toFixed(digits)).padStart(width)
}
