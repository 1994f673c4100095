// Light, dark, or as the system says. The choice lives in a cookie, so that the server renders the page in it
// and nothing flashes.

const CHOICES = ["auto", "light", "dark"] as const;
export type Theme = (typeof CHOICES)[number];

const WORDS: Record<Theme, string> = { auto: "System theme", light: "Light theme", dark: "Dark theme" };

/** The choice after `current`; anything unknown counts as `auto`. */
export function nextTheme(current: string | undefined): Theme {
  const at = CHOICES.findIndex((choice) => choice === current);
  return CHOICES[(Math.max(at, 0) + 1) % CHOICES.length] ?? "auto";
}

function show(button: HTMLElement, theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  button.dataset["theme"] = theme;
  const label = button.querySelector("[data-label]");
  if (label) label.textContent = WORDS[theme];
  button.title = `${WORDS[theme]}; press for ${WORDS[nextTheme(theme)].toLowerCase()}`;
}

/** Makes the theme button work. */
export function bindTheme(): void {
  const button = document.querySelector<HTMLElement>("[data-theme-toggle]");
  if (!button) return;
  const current = document.documentElement.dataset["theme"];
  show(button, CHOICES.find((choice) => choice === current) ?? "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = nextTheme(document.documentElement.dataset["theme"]);
    document.cookie = `t5g_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
    show(button, theme);
  });
}
