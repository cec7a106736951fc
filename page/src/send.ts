// Sends what was sealed to a mirror on the card. Spec: docs/formats.md "A copy over HTTP" and "Sending". What a mirror
// says is taken for its word, and never for safe: that would need the log, and somebody who reads it.
import { digestOf } from "./bytes.ts";
import type { Mirror } from "./card.ts";
import type { SealedObject } from "./sinks.ts";

const TRIES_MAX = 4;
const FIRST_WAIT_MS = 500;
const WAIT_GROWTH = 3;

/** Why a mirror did not take something. */
export type SendTrouble = "sendUnreachable" | "sendRefused" | "sendFull" | "sendOdd" | "sendAltered";

export class SendError extends Error {
  override name = "SendError";

  constructor(readonly trouble: SendTrouble, detail: string) {
    super(detail);
  }
}

export interface Outgoing {
  path: string; // behind the address of a mirror
  object: SealedObject;
}

/** What opens and tells of a deposit goes before its parts, and the receipt last: what has one is whole. */
function rank(name: string): number {
  const at = ["header-0", "contents-0.age", "SHA256SUMS"].indexOf(name);
  return at >= 0 ? at : name === "receipt" ? 4 : 3;
}

/** All objects in the order in which they are sent; small deposits first. */
export function inSendingOrder(objects: readonly SealedObject[]): Outgoing[] {
  const deposits = new Map<number, SealedObject[]>();
  for (const object of objects) deposits.set(object.deposit, [...(deposits.get(object.deposit) ?? []), object]);
  const sizeOf = (all: SealedObject[]): number => all.reduce((sum, { size }) => sum + size, 0);
  return [...deposits.values()].sort((a, b) => sizeOf(a) - sizeOf(b)).flatMap((all) => {
    const id = all.find(({ name }) => name === "receipt")?.digest;
    if (id === undefined) throw new Error("a deposit without a receipt");
    const ordered = [...all].sort((a, b) => rank(a.name) - rank(b.name));
    return ordered.map((object) => ({ path: `/incoming/${id}/${object.name}`, object }));
  });
}

async function readChecked({ name, digest, read }: SealedObject): Promise<ArrayBuffer> {
  let bytes: ArrayBuffer;
  try {
    bytes = await (await read()).arrayBuffer();
  } catch (error) {
    throw new SendError("sendAltered", `${name}: ${String(error)}`);
  }
  if (await digestOf(new Uint8Array(bytes)) !== digest) throw new SendError("sendAltered", name);
  return bytes;
}

/** The trouble, or nothing when the mirror says that it is there. Throws what fetch throws. */
async function putOnce(mirror: Mirror, path: string, body: ArrayBuffer): Promise<SendError | undefined> {
  const answer = await fetch(mirror.address + path, {
    method: "PUT", body, headers: { Authorization: `Bearer ${mirror.token}` },
    cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
  });
  const { status } = answer;
  if (status === 412) return undefined; // something is there already
  if (status === 200 || status === 201) {
    // A mirror says nothing more. A text comes from somebody who stands between.
    return (await answer.text()) === "" ? undefined : new SendError("sendOdd", `${status}`);
  }
  if (status === 401 || status === 403) return new SendError("sendRefused", `${status}`);
  if (status === 507 || status === 413) return new SendError("sendFull", `${status}`);
  return new SendError(status === 429 || status >= 500 ? "sendUnreachable" : "sendOdd", `${status}`);
}

async function put(mirror: Mirror, { path, object }: Outgoing): Promise<void> {
  const body = await readChecked(object);
  for (let tries = 1, waitMs = FIRST_WAIT_MS;; tries++, waitMs *= WAIT_GROWTH) {
    const trouble = await putOnce(mirror, path, body).catch(
      (error: unknown) => new SendError("sendUnreachable", String(error)));
    if (trouble === undefined) return;
    if (trouble.trouble !== "sendUnreachable" || tries === TRIES_MAX) throw trouble;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Sends all of it to one mirror, one object after the other. Throws SendError; what is there by then stays there. */
export async function sendTo(mirror: Mirror, all: readonly Outgoing[], onBytes: (bytes: number) => void): Promise<void> {
  for (const each of all) {
    await put(mirror, each);
    onBytes(each.object.size);
  }
}
