// A thread that decompresses folders beside the main one: see threads.ts.
import { workerData } from 'node:worker_threads'
import { OutputFolder } from '../files/output-folder.ts'
import { opened } from './folder-task.ts'
import { DirectWriter, runLane } from './lane.ts'
import { openedPlaces } from './portable-places.ts'
import { SharedState } from './shared-state.ts'
import type { WorkerInput } from './threads.ts'

const { tasks, places, output, replace, shared: buffer } = workerData as WorkerInput
const shared = new SharedState(buffer)
runLane(tasks.length, (index) => opened(tasks[index]!), new DirectWriter(new OutputFolder(output, { replace }), openedPlaces(places), shared), shared)
