// The thread of a `ScanHelper`.
import { parentPort } from 'node:worker_threads'
import { Looker } from './look.ts'
import { PidShare } from './pid-share.ts'
import type { ScanAnswer, ScanJob } from './scan-helper.ts'
import type { Sighting } from './sighting.ts'
import { Targets } from './targets.ts'

parentPort?.on('message', ({ id, targets, options, pids, share: buffer }: ScanJob) => {
  const share = new PidShare(pids, buffer)
  const sightings: Sighting[] = []
  if (share.join()) {
    const looker = new Looker(new Targets(targets), options)
    for (let taken = share.take(); taken.length > 0; taken = share.take()) {
      for (const pid of taken) {
        const sighting = looker.look(pid)
        if (sighting) sightings.push(sighting)
      }
    }
  }
  parentPort?.postMessage({ id, sightings } satisfies ScanAnswer, [])
})
