// One run of sealing, as the page sees it: the worker seals, the sink takes.
import type { Target } from "./deposit.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import type { SealReport, Source } from "./seal.ts";
import type { Made, Sink } from "./sinks.ts";

declare const WORKER_SOURCE: string; // put here by build.mjs

export interface RunHooks {
  onProgress: (bytes: number) => void; // of the source, so far
  onChecking: () => void;
}

export class StoppedError extends Error {
  override name = "StoppedError";
}

export class Run {
  private readonly worker: Worker;
  private stop: (error: unknown) => void = () => undefined;

  constructor(private readonly sink: Sink, private readonly hooks: RunHooks) {
    const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
    this.worker = new Worker(url);
    URL.revokeObjectURL(url);
  }

  /** Throws what went wrong; what the sink has written until then is still there. */
  async seal(target: Target, sources: Source[]): Promise<{ report: SealReport; made: Made }> {
    try {
      const report = await new Promise<SealReport>((resolve, reject) => {
        this.stop = reject;
        let bytes = 0;
        this.worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
        this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          if (data.kind === "progress") this.hooks.onProgress(bytes += data.bytes);
          else if (data.kind === "object") this.take(data).catch(reject);
          else if (data.kind === "done") resolve(data.report);
          else reject(new Error(data.reason));
        };
        this.tell({ kind: "seal", target, sources });
      });
      this.hooks.onChecking();
      return { report, made: await this.sink.finish() };
    } finally {
      this.worker.terminate();
    }
  }

  cancel(): void {
    this.stop(new StoppedError());
  }

  private async take({ deposit, name, bytes, digest }: FromWorker & { kind: "object" }): Promise<void> {
    await this.sink.put(deposit, name, bytes, digest);
    this.tell({ kind: "taken" });
  }

  private tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}
