/** Starts the page. */

import { render } from "preact";
import { tokenIn } from "./access/arrival.ts";
import { discoverServer } from "./access/server.ts";
import { App } from "./shell/app.tsx";
import "./styles/index.css";

void discoverServer();
void tokenIn().then(() => render(<App />, document.getElementById("app")!));
