import { readFileSync } from 'node:fs'
import { openDatabase, exportTable } from 'msikit/database'
const bytes = readFileSync(process.argv[2])
for (const f of [1, 0.99, 0.9, 0.75, 0.5, 0.25, 0.1, 0.03, 0.01, 0]) {
  const cut = bytes.subarray(0, Math.floor(bytes.length * f))
  let strict = 'ok'
  try { openDatabase(cut, { strict: true }) } catch (e) { strict = e.message.slice(0, 90) }
  try {
    const d = openDatabase(cut)
    let rows = 0, bad = 0
    for (const t of d.tableNames) try { exportTable(d, t); rows += d.table(t).rowCount } catch (e) { bad++; console.log('   ', t, e.message) }
    let whole = 0, part = 0
    for (const s of d.streamNames()) { const x = d.stream(s); const got = x.read(0, x.size).length; if (got === x.size) whole++; else part++ }
    console.log(f, d.tableNames.length, 'tables', rows, 'rows', bad, 'bad', whole, 'streams', part, 'cut', d.findings.length, 'findings', '|', d.findings.slice(0,4).map(x=>x.id+':'+x.structure+':'+(x.found)).join('; '), '| strict:', strict)
  } catch (e) { console.log(f, 'ERR', e.message, '| strict:', strict) }
}
