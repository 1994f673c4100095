// The table's page comes alive: filters, values, order, pages and rows without loading the page anew. Every control
// is a link or a form that works without this, and says what is to be shown; here it is only shown sooner.
import { nextSort, ofForm, readSort, withSort } from "./address";
import { bindCompletion } from "./complete";
import { bindCopy } from "./copy";
import { bindTableKeys } from "./keys";
import { Opening } from "./opening";
import { Table } from "./rows";
import { bindTyping } from "./typing";

function bind(root: HTMLElement): void {
  const element = root.querySelector<HTMLTableElement>("table");
  const form = root.querySelector<HTMLFormElement>("form#view");
  const filter = root.querySelector<HTMLInputElement>("#filter");
  if (!element || !form || !filter) return;
  const said = root.querySelector<HTMLElement>("[data-said]");
  const say = (words: string): void => {
    if (said) said.textContent = words;
  };
  const table = new Table(root, element, filter, () => opening.follow(), say);
  const opening = new Opening(table, say);
  root.classList.add("alive");
  opening.adopt();

  const view = (): URLSearchParams => ofForm(new FormData(form));
  const forget = bindTyping(filter, () => table.preview(view()));
  const submit = (): void => {
    forget();
    table.show(view());
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  root.addEventListener("change", (event) => {
    const control = event.target;
    if (control instanceof HTMLElement && "form" in control && control.form === form && control !== filter) submit();
  });
  const sort = (heading: HTMLElement, add: boolean): void => {
    const usual = root.dataset["usual"] ?? "";
    const now = readSort(table.params.get("sort") ?? usual);
    const next = nextSort(now, heading.dataset["name"] ?? "", heading.dataset["largest"] !== undefined, add);
    table.show(withSort(table.params, next, usual));
  };

  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = (): void => event.preventDefault();
    const heading = target.closest<HTMLElement>("thead th[data-name]");
    const row = target.closest("td.c-open button")?.closest("tr");
    if (heading && target.closest("a")) {
      handled();
      sort(heading, event.shiftKey);
    } else if (row) {
      handled();
      opening.toggle(row);
    } else if (target.closest("form#rows button")) {
      handled();
      opening.openAll();
    } else if (target.closest("[data-close-all]")) {
      handled();
      opening.closeAll();
    } else if (target.closest("[data-facets], .apply a")) {
      handled();
      const open = root.classList.toggle("facets-open");
      if (open) root.querySelector<HTMLElement>(".facets summary")?.focus();
    } else if (!event.shiftKey) {
      follow(event, target.closest("a"));
    }
  });

  /** A link to another view of this table shows it. */
  function follow(event: Event, link: HTMLAnchorElement | null): void {
    if (!link || link.hasAttribute("download")) return;
    const to = new URL(link.href);
    if (to.origin !== window.location.origin || to.pathname !== table.path || to.hash !== "") return;
    event.preventDefault();
    table.show(to.searchParams);
  }

  window.addEventListener("popstate", () => table.follow());
  const columns = root.querySelector<HTMLDetailsElement>("[data-columns]");
  if (columns && window.location.hash === "#columns") columns.open = true;
  bindCompletion(filter);
  bindTableKeys(opening);
  const copy = root.querySelector<HTMLButtonElement>("[data-copy]");
  if (copy) bindCopy(copy, say);
}

const root = document.querySelector<HTMLElement>("[data-table]");
if (root) bind(root);
