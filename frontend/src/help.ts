// What keys do on this page, in a dialog: made of the one list of them. Keys are switched off and on there.
import { SHORTCUTS, keysAreOn, onShortcut, switchKeys } from "./shortcuts";

/** Makes the key and the buttons show it. */
export function bindHelp(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-keys-help]")) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  onShortcut((action, event) => {
    if (action !== "help") return;
    event.preventDefault();
    show();
  });
}

function show(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "asks keys-help";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = element("h2", "Keys");
  title.id = "keys-title";
  const said = element("p", "");
  said.className = "note";
  said.setAttribute("role", "status");
  const close = button("Close", () => dialog.close());
  close.classList.add("main");
  const turn = button("", () => {
    const on = !keysAreOn();
    said.textContent = switchKeys(on) ? `Keys are ${on ? "on" : "off"}.` : "This browser does not keep that choice.";
    name();
  });
  const name = (): void => {
    turn.textContent = keysAreOn() ? "Switch keys off" : "Switch keys on";
  };
  name();
  const actions = document.createElement("p");
  actions.className = "actions";
  actions.append(turn, close);
  dialog.append(title, list(), said, actions);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

/** Those that do something here. */
function list(): HTMLElement {
  const all = document.createElement("dl");
  all.className = "facts";
  for (const { keys, words, on } of SHORTCUTS) {
    if (on !== undefined && !document.querySelector(on)) continue;
    const term = document.createElement("dt");
    term.append(...keys.map((key) => element("kbd", key)));
    all.append(term, element("dd", words));
  }
  return all;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
