// The few things that the page does with its elements.

export function element<K extends keyof HTMLElementTagNameMap>(
  kind: K, properties: Partial<HTMLElementTagNameMap[K]> = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(kind), properties);
  made.append(...children);
  return made;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

export function show(id: string, isShown: boolean): void {
  byId(id).hidden = !isShown;
}

export function fill(id: string, ...children: (Node | string)[]): void {
  byId(id).replaceChildren(...children);
}
