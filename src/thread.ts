/** What a thread runs (`base/threads.ts`): the jobs by their names. */
import { helpWith, type Work } from './base/block-queue.ts';
import type { ThreadInput } from './base/node-threads.ts';
import type { JobName } from './base/threads.ts';
import { checkRecords } from './remote/record-check.ts';

const jobs: Readonly<Record<JobName, Work>> = { 'check-records': checkRecords };

const { job, memory }: ThreadInput = process.getBuiltinModule('node:worker_threads').workerData;
helpWith(jobs[job], memory);
