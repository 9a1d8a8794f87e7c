/** Starts the page. */

import { render } from "preact";
import { tokenIn } from "./access/arrival.ts";
import { discoverServer } from "./access/server.ts";
import { App } from "./shell/app.tsx";
import "./styles/index.css";

// The document names it relative to the path that was loaded, and the page goes to other paths.
for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel~=icon], link[rel=manifest]"))
  link.href = link.href;

void discoverServer();
void tokenIn().then(() => render(<App />, document.getElementById("app")!));
