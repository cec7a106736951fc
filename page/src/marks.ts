// What is seen of a file while it is sealed, in plain marks. Spec: docs/formats.md "Marks". The same as
// src/archive/marks.cc, without those of packages of capture apps and of ZIP files.
import { FilmReader, isFilm, latin1, readPhoto } from "./media.ts";

const START_BYTES = 64 * 1024;
const DAY_S = 86_400;
const AHEAD_S = 2 * DAY_S; // more than any two zones are apart
const BEHIND_CAMERA_S = 366 * DAY_S; // a file cannot be older than its picture
const FIRST_CAMERAS_S = 788_918_400; // 1995: before that a clock was never set
const BITCOIN_ATTESTATION = "\x05\x88\x96\x0d\x73\xd7\x19\x01";
const STAMP_MAGIC = "\0OpenTimestamps\0\0Proof\0";

const NAMES: readonly (readonly [string, RegExp])[] = [
  ["WhatsApp", /^(IMG|VID|AUD|PTT|DOC|STK)-\d{8}-WA\d{4}/],
  ["WhatsApp", /^WhatsApp (Image|Video|Audio|Ptt) \d{4}-/],
  ["Telegram", /^(photo|video|audio)_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d/],
  ["Telegram", /^photo_\d{1,3}@/],
  ["Signal", /^signal-\d{4}-\d\d-\d\d-/],
  ["Viber", /^(viber_(image|video)_|viber image )\d{4}-/],
  ["Viber", /^[IVAPDSWpvas][^-]*-[0-9a-f]{32}-V\./],
];

function messengerOf(name: string): string | undefined {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}

/** "2024:01:31 12:34:56" as seconds, the clock's zone being unknown. */
function secondsOf(taken: string): number | undefined {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(taken);
  if (found === null) return undefined;
  const [, year, month, day, hours, minutes, seconds] = found.map(Number) as [number, ...number[]];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year as number, (month as number) - 1, day);
  if (midnight.getUTCMonth() !== (month as number) - 1 || midnight.getUTCDate() !== day) return undefined;
  return midnight.getTime() / 1000 + (hours as number) * 3600 + (minutes as number) * 60 + (seconds as number);
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** One file as it goes by. */
export class FileLook {
  private readonly name: string;
  private readonly modifiedS: number;
  private readonly marks: string[] = [];
  private kind: "unknown" | "other" | "photo" | "film" = "unknown";
  private readonly film = new FilmReader();
  private cameraS: number | undefined = undefined; // its own clock, taken for UTC

  constructor(path: string, modifiedMs: number, private readonly nowS: number) {
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.modifiedS = Math.trunc(modifiedMs / 1000);
  }

  /** Pieces of the file in their order. */
  update(bytes: Uint8Array): void {
    if (this.kind === "unknown") this.begin(bytes);
    if (this.kind === "film") this.film.update(bytes);
  }

  /** After the last one. */
  finish(): string[] {
    if (this.kind === "film") this.markFilm();
    if (this.kind === "other" || this.kind === "unknown") this.markMessenger(false);
    this.markTimes();
    return this.marks;
  }

  private begin(start: Uint8Array): void {
    this.kind = "other";
    if (start[0] === 0xff && start[1] === 0xd8) {
      this.kind = "photo";
      const { isKnown, maker, model, taken } = readPhoto(start);
      this.markMessenger(isKnown && maker === "" && model === "" && taken === "");
      this.cameraS = secondsOf(taken);
    } else if (isFilm(start)) {
      this.kind = "film";
    } else if (latin1(start.subarray(0, STAMP_MAGIC.length)) === STAMP_MAGIC &&
               !latin1(start.subarray(0, START_BYTES)).includes(BITCOIN_ATTESTATION)) {
      this.marks.push("pending-timestamp");
    }
  }

  private markFilm(): void {
    const facts = this.film.finish();
    this.markMessenger(facts !== undefined && !facts.hasMaker && facts.createdS === 0);
    if (facts !== undefined && facts.createdS !== 0) this.cameraS = facts.createdS;
  }

  /** A picture under a messenger's name without what a camera leaves was encoded anew on its way. */
  private markMessenger(lacksCamera: boolean): void {
    if (lacksCamera) this.marks.push("no-camera-metadata");
    const messenger = messengerOf(this.name);
    if (messenger === undefined) return;
    this.marks.push(`messenger: ${messenger}`);
    if (lacksCamera) this.marks.push("re-encoded");
  }

  private markTimes(): void {
    const ahead = this.nowS + AHEAD_S;
    if (this.modifiedS > ahead) this.marks.push(`clock-ahead: file ${dateOf(this.modifiedS)}`);
    if (this.cameraS === undefined) return;
    if (this.cameraS > ahead) this.marks.push(`clock-ahead: camera ${dateOf(this.cameraS)}`);
    if (this.cameraS < FIRST_CAMERAS_S) this.marks.push(`clock-behind: camera ${dateOf(this.cameraS)}`);
    else if (this.modifiedS < this.cameraS - BEHIND_CAMERA_S) {
      this.marks.push(`clock-behind: file ${dateOf(this.modifiedS)}`);
    }
  }
}
