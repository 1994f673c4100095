// The page of the API: sends what a form says, shows what comes back and how to ask the same from a command line.

/** The most of an answer that is shown, in characters. */
const SHOWN = 100_000;

/** What a form says. */
export interface Wish {
  readonly method: string;
  /** The path's template, such as `/api/v1/cards/{key}`. */
  readonly path: string;
  /** What stands in the path, by name. */
  readonly places: Readonly<Record<string, string>>;
  /** What stands after the question mark. */
  readonly query: readonly (readonly [string, string])[];
  readonly accept: string | undefined;
  readonly body: string | undefined;
}

/** The address that it leads to. */
export function addressOf({ path, places, query }: Wish): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(places[name] ?? ""));
  const said = new URLSearchParams(query.filter(([, value]) => value !== "").map(([name, value]) => [name, value]));
  return said.size > 0 ? `${filled}?${said.toString()}` : filled;
}

/** A word as shells read it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same for a command line. */
export function curlOf(wish: Wish, origin: string): string {
  const parts = ["curl"];
  if (wish.method !== "GET") parts.push("-X", wish.method);
  parts.push("-H", `"Authorization: Bearer $T5G_TOKEN"`);
  if (wish.accept !== undefined) parts.push("-H", quoted(`Accept: ${wish.accept}`));
  if (wish.body !== undefined) parts.push("-H", quoted("Content-Type: application/json"), "-d", quoted(wish.body));
  parts.push(quoted(`${origin}${addressOf(wish)}`));
  return parts.join(" ");
}

/** The text as it is best read: JSON with indents. */
export function legible(text: string, type: string): string {
  if (!/\bjson\b/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function wishOf(form: HTMLFormElement): Wish {
  const places: Record<string, string> = {};
  const query: [string, string][] = [];
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]")) {
    if (field.name === "csrf") continue;
    if (field.hasAttribute("data-place")) places[field.name] = field.value;
    else query.push([field.name, field.value]);
  }
  const body = form.querySelector<HTMLTextAreaElement>("[data-body]")?.value.trim();
  return {
    method: form.dataset["method"] ?? "GET",
    path: form.dataset["try"] ?? "",
    places,
    query,
    accept: form.querySelector<HTMLSelectElement>("[data-accept]")?.value,
    body: body === undefined || body === "" ? undefined : body,
  };
}

async function send(wish: Wish, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: wish.accept ?? "application/json, */*;q=0.5" };
  const token = document.documentElement.dataset["csrf"];
  if (wish.method !== "GET" && token !== undefined) headers["X-CSRF-Token"] = token;
  if (wish.body !== undefined) headers["Content-Type"] = "application/json";
  const body = wish.body === undefined ? {} : { body: wish.body };
  return fetch(addressOf(wish), { method: wish.method, headers, signal, cache: "no-store", ...body });
}

/** Reads as much as is shown, and passes on what is there while more comes. */
async function read(answer: Response, seen: (text: string) => void): Promise<string> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (reader && text.length < SHOWN) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    seen(text);
  }
  await reader?.cancel();
  return `${text.slice(0, SHOWN)}\n… more was not read`;
}

/** Where an answer is shown. */
interface Shown {
  readonly box: HTMLElement;
  readonly said: HTMLElement;
  readonly curl: HTMLElement;
  readonly heads: HTMLElement;
  readonly text: HTMLElement;
}

/** A place for the answers of a form, behind it. */
function placeAfter(form: HTMLFormElement): Shown | undefined {
  const template = document.querySelector<HTMLTemplateElement>("template[data-answer]");
  const box = template?.content.firstElementChild?.cloneNode(true);
  if (!(box instanceof HTMLElement)) return undefined;
  const part = (name: string): HTMLElement | null => box.querySelector<HTMLElement>(`[data-${name}]`);
  const [said, curl, heads, text] = [part("said"), part("curl"), part("heads"), part("text")];
  if (!said || !curl || !heads || !text) return undefined;
  form.after(box);
  return { box, said, curl, heads, text };
}

function bindForm(form: HTMLFormElement): void {
  const stop = form.querySelector<HTMLButtonElement>("[data-stop]");
  for (const hidden of form.querySelectorAll<HTMLElement>("[data-scripted]")) hidden.hidden = false;
  let running: AbortController | undefined;
  let shown: Shown | undefined;

  const ask = async ({ box, said, heads, text }: Shown, wish: Wish, controller: AbortController): Promise<void> => {
    const begun = performance.now();
    const got = await send(wish, controller.signal);
    const took = `${Math.round(performance.now() - begun)} ms`;
    said.textContent = `${got.status} ${got.statusText}`.trim() + `, after ${took}`;
    box.classList.toggle("bad", !got.ok && got.status !== 304);
    heads.textContent = [...got.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const whole = await read(got, (sofar) => (text.textContent = sofar));
    text.textContent = legible(whole, got.headers.get("Content-Type") ?? "");
  };
  form.addEventListener("submit", (event) => {
    shown ??= placeAfter(form);
    // The browser shows the answer as it can.
    if (!shown) return;
    event.preventDefault();
    const { said, curl, heads, text } = shown;
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const wish = wishOf(form);
    if (stop) stop.hidden = false;
    said.textContent = "Asking …";
    curl.textContent = curlOf(wish, window.location.origin);
    heads.textContent = text.textContent = "";
    ask(shown, wish, controller)
      .catch((error: unknown) => {
        said.textContent = controller.signal.aborted ? `${said.textContent ?? ""} (stopped)` : `No answer: ${String(error)}`;
      })
      .finally(() => {
        if (running === controller && stop) stop.hidden = true;
      });
  });
  stop?.addEventListener("click", () => running?.abort());
}

/** Makes the forms of the API's page work in place, and opens what the address names. */
export function bindTryOut(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-try]")) bindForm(form);
  const named = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
