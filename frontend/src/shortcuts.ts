// The one list of keys: what each does, where it does it, and how help says it. Who acts on a key asks here which one
// it is. Never while somebody types, never with a modifier, never when switched off.

/** What a key does. */
export type Action = "search" | "next" | "previous" | "help";

interface Shortcut {
  readonly keys: readonly string[];
  /** For help. */
  readonly words: string;
  /** What must be on the page for it to do anything; nothing: it always does. */
  readonly on?: string;
  /** `undefined`: the browser, or the control that has the focus, does it by itself. */
  readonly action?: Action;
}

const TABLE = "[data-table]";

/** All of them, in the order in which help names them. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["/"], words: "Go to the page's search or filter box", on: "input[type=search], input[data-search]", action: "search" },
  { keys: ["j"], words: "Next row of the table", on: TABLE, action: "next" },
  { keys: ["k"], words: "Previous row of the table", on: TABLE, action: "previous" },
  { keys: ["Enter"], words: "Open or close the row, when it has the focus", on: TABLE },
  { keys: ["Esc"], words: "Close what is open: a menu, a panel, this help" },
  { keys: ["?"], words: "Show this help", action: "help" },
];

const SWITCH = "t5g-keys";

/** Whether keys that are characters do something; who talks to the computer may switch them off. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

/** Switches them on or off; `false` if this browser keeps nothing. */
export function switchKeys(on: boolean): boolean {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
    return true;
  } catch {
    return false;
  }
}

/** Whether a key press belongs to a field that is being edited. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** What a key is to do, whatever else is on the page. */
export function actionOf(key: string): Action | undefined {
  return SHORTCUTS.find(({ keys, action }) => action !== undefined && keys.includes(key))?.action;
}

/** Calls back for each press of a key that is to do something now. */
export function onShortcut(act: (action: Action, event: KeyboardEvent) => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || !keysAreOn()) return;
    // A dialog has the floor.
    if (document.querySelector("dialog[open]")) return;
    const action = actionOf(event.key);
    if (action) act(action, event);
  });
}
