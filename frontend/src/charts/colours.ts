// The style sheet's colours, as a canvas needs them: tokens are resolved by the browser, in the theme of now.

/** What the charts draw with. */
export interface Colours {
  /** The colour of a token, such as `--series-1`. */
  of(token: string): string;
  readonly text: string;
  readonly line: string;
  readonly ground: string;
  readonly font: string;
}

/** The colours of now. */
export function colours(): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const of = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const now = { text: of("--quiet"), line: of("--line"), ground: of("--surface"), font: getComputedStyle(document.body).fontFamily };
  const known = new Map<string, string>();
  for (const token of TOKENS) known.set(token, of(token));
  probe.remove();
  return { ...now, of: (token) => known.get(token) ?? now.text };
}

const TOKENS = [1, 2, 3, 4].map((style) => `--series-${style}`).concat(["urgent", "high", "normal", "low", "other"].map((kind) => `--sev-${kind}`));

/** Calls when the theme changes, by the page's button or by the system. */
export function onTheme(changed: () => void): void {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
