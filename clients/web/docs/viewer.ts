/** The API's description with "try it", which uses the key that the page holds. Loads nothing from other hosts. */

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import "../src/styles/tokens.css";
import "./viewer.css";
import { accountKey, operatorToken } from "../src/access/credentials.ts";
import { API } from "../src/shell/roots.ts";

const place = document.querySelector<HTMLElement>("#viewer");
const note = document.querySelector<HTMLElement>("#key");

async function show(): Promise<void> {
  if (!place || !note) return;
  const response = await fetch(`${API}/openapi.json`);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const description = (await response.json()) as Record<string, unknown>;
  // The viewer would call the root of this host, also where a proxy has Mayfly below a path.
  const spec = { ...description, servers: [{ url: API }] };
  // It has colours for the dark, but does not look at what the system prefers.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const dim = (): boolean => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", dim);
  dim();
  place.replaceChildren();
  const viewer = SwaggerUI({
    spec,
    domNode: place,
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    docExpansion: "none",
    filter: true,
    persistAuthorization: false,
    requestSnippetsEnabled: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => {
      if (accountKey.value) viewer.preauthorizeApiKey("bearer", accountKey.value);
      if (operatorToken.value) viewer.preauthorizeApiKey("operator", operatorToken.value);
    },
  });
  note.textContent = accountKey.value
    ? "Calls that you try use the key of the page."
    : "Without a key: calls that need one want it under Authorize.";
}

show().catch((error: unknown) => {
  place?.replaceChildren(`The documentation cannot be shown (${String(error)}). Try it without scripts.`);
});
