// What the page and its worker say to each other.
import type { Bytes } from "./bytes.ts";
import type { Target } from "./deposit.ts";
import type { SealReport, Source } from "./seal.ts";

export type ToWorker = { kind: "seal"; target: Target; sources: Source[] } | { kind: "taken" };

export type FromWorker =
  // Answered by "taken" before the next one comes.
  | { kind: "object"; deposit: number; name: string; bytes: Bytes; digest: string }
  | { kind: "progress"; bytes: number }
  | { kind: "done"; report: SealReport }
  | { kind: "failed"; reason: string };
