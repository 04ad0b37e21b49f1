/** Waiting until a job ends. */

import { sleep } from "./connection.js";
import { JobCancelledError, JobFailedError, TimeoutError } from "./errors.js";

interface Job {
  id: string;
  status: string;
  progress?: number | null;
  stage?: string | null;
  completed_at?: number | null;
  error?: { code: string; message: string } | null;
}

export interface WaitOptions<J> {
  /** Called with the job when it is first seen and whenever it changes. */
  onProgress?: (job: J) => void;
  /** Throws TimeoutError after this long; the job goes on. */
  timeoutMs?: number;
  /** Between two looks; 1000. */
  pollMs?: number;
}

/** The job once it has ended well. Throws JobFailedError, JobCancelledError and TimeoutError. */
export async function ended<J extends Job>(look: () => Promise<J>, options: WaitOptions<J> = {}): Promise<J> {
  const { onProgress, timeoutMs = Infinity, pollMs = 1000 } = options;
  const deadline = Date.now() + timeoutMs;
  for (let seen = ""; ; ) {
    const job = await look();
    const now = JSON.stringify([job.status, job.progress, job.stage]); // not the links, which are new each time
    if (now !== seen) {
      onProgress?.(job);
    }
    seen = now;
    if (hasEnded(job)) {
      return well(job);
    }
    const left = Math.min(pollMs, deadline - Date.now());
    if (left <= 0) {
      throw new TimeoutError(`${job.id} is still ${job.status} after ${timeoutMs} ms. It goes on: wait again.`);
    }
    await sleep(left);
  }
}

/** Of a status that is not known, `completed_at` says so. */
function hasEnded(job: Job): boolean {
  if (["QUEUED", "PROCESSING"].includes(job.status)) {
    return false;
  }
  return ["COMPLETE", "READY", "FAILED", "CANCELLED"].includes(job.status) || Boolean(job.completed_at);
}

function well<J extends Job>(job: J): J {
  if (job.status === "CANCELLED") {
    throw new JobCancelledError("cancelled", `${job.id} was cancelled.`, job);
  }
  if (job.status === "FAILED") {
    throw new JobFailedError(job.error?.code ?? "unknown", job.error?.message ?? "The server does not say why.", job);
  }
  return job;
}
