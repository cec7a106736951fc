// Seals beside the page, so that the page stays alive. Each object waits until the page has put the one before.
import type { FromWorker, ToWorker } from "./protocol.ts";
import { Sealing, type Source } from "./seal.ts";
import type { Target } from "./deposit.ts";

interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}
const scope = self as unknown as Scope;

let onTaken: () => void = () => undefined;

async function seal(target: Target, sources: Source[]): Promise<void> {
  const sealing = new Sealing(target, () => new Date(), {
    put: (deposit, name, bytes, digest) => new Promise((resolve) => {
      onTaken = resolve;
      scope.postMessage({ kind: "object", deposit, name, bytes, digest }, [bytes.buffer]);
    }),
    onBytes: (bytes) => scope.postMessage({ kind: "progress", bytes }),
  });
  scope.postMessage({ kind: "done", report: await sealing.sealAll(sources) });
}

scope.onmessage = ({ data }) => {
  if (data.kind === "taken") {
    onTaken();
    return;
  }
  seal(data.target, data.sources).catch((error: unknown) => {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    scope.postMessage({ kind: "failed", reason });
  });
};
