// The part of the page that offers to send, once something was sealed and where the card has addresses.
import type { Mirror } from "./card.ts";
import { byId, element, fill, show } from "./dom.ts";
import { inSendingOrder, SendError, sendTo } from "./send.ts";
import type { SealedObject } from "./sinks.ts";
import { humanSize, type Language, say } from "./texts/index.ts";

interface Delivery {
  address: string;
  error?: unknown;
}

export class SendBox {
  private sent = 0;
  private isSending = false;
  private readonly deliveries: Delivery[] = [];
  private readonly all: number;

  constructor(private readonly mirrors: readonly Mirror[], private readonly objects: readonly SealedObject[],
              private language: Language) {
    this.all = mirrors.length * objects.reduce((sum, { size }) => sum + size, 0);
    for (const id of ["send", "send-again"]) byId(id).onclick = () => void this.send();
  }

  draw(language: Language): void {
    this.language = language;
    const isOffered = this.mirrors.length > 0;
    const isBegun = this.isSending || this.deliveries.length > 0;
    show("sending", isOffered);
    if (!isOffered) return;
    fill("send-where", ...this.mirrors.map(({ address }) => element("li", {}, element("bdi", {}, address))));
    show("send-offer", !isBegun);
    show("send-progress", this.isSending);
    const sizes = { done: humanSize(this.sent), all: humanSize(this.all) };
    fill("send-text", this.isSending ? say(language, "sendWorking", sizes) : "");
    byId<HTMLProgressElement>("send-bar").max = Math.max(this.all, 1);
    byId<HTMLProgressElement>("send-bar").value = this.sent;
    fill("send-result", ...this.deliveries.map((delivery) => this.lineOf(delivery)));
    show("send-keep", this.deliveries.length > 0);
    show("send-again", !this.isSending && this.deliveries.some(({ error }) => error !== undefined));
  }

  private lineOf({ address, error }: Delivery): HTMLElement {
    if (error === undefined) return element("li", { className: "good" }, say(this.language, "sendDone", { address }));
    const trouble = error instanceof SendError ? error.trouble : "sendOdd";
    const detail = error instanceof Error ? error.message : String(error);
    const reason = say(this.language, trouble, { detail });
    return element("li", { className: "bad" }, say(this.language, "sendFailed", { address, reason }));
  }

  /** To all mirrors at once: one that is slow or in trouble keeps no other. */
  private async send(): Promise<void> {
    this.isSending = true;
    this.sent = 0;
    this.deliveries.length = 0;
    const before = window.onbeforeunload;
    window.onbeforeunload = (event) => event.preventDefault();
    this.draw(this.language);
    const outgoing = inSendingOrder(this.objects);
    await Promise.all(this.mirrors.map(async (mirror) => {
      const delivery: Delivery = { address: mirror.address };
      try {
        await sendTo(mirror, outgoing, (bytes) => {
          this.sent += bytes;
          this.draw(this.language);
        });
      } catch (error) {
        delivery.error = error;
      }
      this.deliveries.push(delivery);
      this.draw(this.language);
    }));
    this.isSending = false;
    window.onbeforeunload = before;
    this.draw(this.language);
  }
}
