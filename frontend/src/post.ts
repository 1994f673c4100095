// Asks the server to do something. Browsers that do not say where a request comes from need the page's token.

/** The answer to a POST to `address`, as JSON. */
export function post(address: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const token = document.documentElement.dataset["csrf"];
  if (token !== undefined) headers["X-CSRF-Token"] = token;
  return fetch(address, { method: "POST", headers });
}
