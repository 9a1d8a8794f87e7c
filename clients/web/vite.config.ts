/** Builds the page into dist/, which the gateway serves; `npm run dev` serves it with the API of a Mayfly behind it. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const api = process.env["MAYFLY_URL"] ?? "http://127.0.0.1:8080";

/** Below this a compressed file is hardly fewer packets. */
const SMALL_OCTETS = 1024;

/** Puts a compressed copy beside each file that shrinks: the gateway sends it to browsers that take it. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    writeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|json|webmanifest)$/.test(name)) continue;
        const file = join(folder, name);
        const octets = readFileSync(file);
        if (octets.length < SMALL_OCTETS) continue;
        writeFileSync(`${file}.gz`, gzipSync(octets, { level: 9 }));
        // Quality 11 takes seconds for the viewer of the API, and saves a few per cent over 9.
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: octets.length };
        writeFileSync(`${file}.br`, brotliCompressSync(octets, { params }));
      }
    },
  };
}

export default defineConfig(({ command }) => ({
  // Relative when built: the gateway knows below which path it is reached, the build does not.
  base: command === "build" ? "./" : "/ui/",
  plugins: [compressed()],
  resolve: {
    alias: {
      "@mayfly-mail/client/operations": here("../typescript/src/generated/operations.ts"),
      "@mayfly-mail/client": here("../typescript/src/index.ts"),
    },
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The viewer of the API, which only /docs loads.
    chunkSizeWarningLimit: 2000,
    license: { fileName: "licenses.md" },
    rolldownOptions: { input: { index: here("index.html"), docs: here("docs/index.html") } },
  },
  server: {
    port: 5173,
    proxy: {
      // Built files of the viewer at /docs; those of the page come from its sources here.
      ...Object.fromEntries(
        ["/api", "/v1/", "/health", "/openapi.json", "/user", "/docs", "/ui/assets"].map((path) => [path, api]),
      ),
      "^/$": {
        target: api,
        bypass: (request) => (request.headers.accept?.includes("text/html") ? "/ui/" : undefined),
      },
    },
  },
}));
