// News from the server, on one connection for the whole page, while the page is looked at. Who wants to know whether
// to ask the server instead looks at `heard()`.

/** What news are about, and what they bring. */
export interface Topics {
  data: { board: string; documents: string[] };
  sources: { revision: number | null };
  refresh: { place: string; state: "PENDING" | "PROGRESS" | "SUCCESS" | "FAILURE"; current: number; total: number; status: string };
}

/** The parts of an event source that are needed; tests bring their own. */
export interface Stream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

/** The parts of the page that are needed; tests bring their own. */
export interface Surroundings {
  readonly hidden: boolean;
  onVisibility(listener: () => void): void;
  open(address: string): Stream;
  later(work: () => void, milliseconds: number): void;
}

const browser: Surroundings = {
  get hidden() {
    return document.hidden;
  },
  onVisibility: (listener) => document.addEventListener("visibilitychange", listener),
  open: (address) => new EventSource(address),
  later: (work, milliseconds) => window.setTimeout(work, milliseconds),
};

const ADDRESS = "/api/v1/events";
/** After a refusal: the server may be full, or know us no more. */
const AGAIN = 60_000;
const CLOSED = 2;

/** Listens, and passes on what comes. */
export class News {
  private stream: Stream | undefined;
  private open = false;
  private waiting = false;
  private readonly refused: (() => void)[] = [];
  private readonly listeners: { [T in keyof Topics]: ((news: Topics[T]) => void)[] } = { data: [], sources: [], refresh: [] };

  constructor(private readonly page: Surroundings = browser) {
    page.onVisibility(() => this.look());
    this.look();
  }

  /** Whether news come now. */
  heard(): boolean {
    return this.open;
  }

  /** Calls `listener` with all news about something. */
  on<T extends keyof Topics>(topic: T, listener: (news: Topics[T]) => void): void {
    this.listeners[topic].push(listener);
  }

  /** Calls `listener` when the server wants no listener here: it may be full, or know us no more. */
  onRefused(listener: () => void): void {
    this.refused.push(listener);
  }

  /** Hidden pages hold no connection: browsers have few for each server. */
  private look(): void {
    if (this.page.hidden) this.end();
    else if (!this.stream && !this.waiting) this.begin();
  }

  private end(): void {
    this.stream?.close();
    this.stream = undefined;
    this.open = false;
  }

  private begin(): void {
    const stream = this.page.open(ADDRESS);
    this.stream = stream;
    stream.addEventListener("open", () => {
      this.open = this.stream === stream;
    });
    stream.addEventListener("error", () => {
      if (this.stream !== stream) return;
      this.open = false;
      // A broken connection is made again by the browser; a refused one is not.
      if (stream.readyState !== CLOSED) return;
      this.end();
      this.waiting = true;
      for (const listener of this.refused) listener();
      this.page.later(() => {
        this.waiting = false;
        this.look();
      }, AGAIN);
    });
    for (const topic of Object.keys(this.listeners) as (keyof Topics)[]) {
      stream.addEventListener(topic, (event) => this.pass(topic, event.data));
    }
  }

  private pass<T extends keyof Topics>(topic: T, text: string): void {
    const news = JSON.parse(text) as Topics[T];
    for (const listener of this.listeners[topic]) listener(news);
  }
}
