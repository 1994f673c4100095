import assert from "node:assert/strict";
import test from "node:test";
import { News, type Stream, type Surroundings } from "../src/events";

/** A connection whose events fire when the test says so. */
class FakeStream implements Stream {
  readyState = 0;
  private listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  close(): void {
    this.readyState = 2;
  }
  fire(type: string, data = ""): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ data } as MessageEvent<string>);
  }
}

class FakePage implements Surroundings {
  hidden = false;
  streams: FakeStream[] = [];
  planned: (() => void)[] = [];
  private listener: () => void = () => undefined;
  onVisibility(listener: () => void): void {
    this.listener = listener;
  }
  open(): Stream {
    const stream = new FakeStream();
    this.streams.push(stream);
    return stream;
  }
  later(work: () => void): void {
    this.planned.push(work);
  }
  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.listener();
  }
}

test("news are passed on to who wants them", () => {
  const page = new FakePage();
  const news = new News(page);
  const boards: string[] = [];
  news.on("data", ({ board }) => boards.push(board));
  assert.equal(news.heard(), false);
  page.streams[0]?.fire("open");
  assert.equal(news.heard(), true);
  page.streams[0]?.fire("data", '{"board":"b2","documents":["cards"]}');
  page.streams[0]?.fire("sources", '{"revision":3}');
  assert.deepEqual(boards, ["b2"]);
});

test("a hidden page holds no connection and makes one when it is shown", () => {
  const page = new FakePage();
  const news = new News(page);
  page.streams[0]?.fire("open");
  page.turn(true);
  assert.equal(page.streams[0]?.readyState, 2);
  assert.equal(news.heard(), false);
  page.turn(false);
  assert.equal(page.streams.length, 2);
  page.streams[0]?.fire("open");
  assert.equal(news.heard(), false, "an old connection says nothing any more");
  page.streams[1]?.fire("open");
  assert.equal(news.heard(), true);
});

test("a broken connection is left to the browser, a refused one is tried again later", () => {
  const page = new FakePage();
  const news = new News(page);
  const first = page.streams[0];
  assert.ok(first);
  first.fire("open");
  first.fire("error");
  assert.deepEqual([news.heard(), page.planned.length, page.streams.length], [false, 0, 1]);
  let refused = 0;
  news.onRefused(() => (refused += 1));
  first.readyState = 2;
  first.fire("error");
  assert.deepEqual([page.planned.length, refused], [1, 1]);
  page.turn(false);
  assert.equal(page.streams.length, 1, "not before its time");
  page.planned[0]?.();
  assert.equal(page.streams.length, 2);
});
