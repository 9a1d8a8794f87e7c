import { defineConfig } from "@playwright/test";
import type { MayflyFixtures, MayflyWorkerFixtures } from "@mayfly-mail/playwright";

const port = Number(process.env["PORT"] ?? 3000);
// A Chromium of the system, where Playwright's own is not installed.
const executablePath = process.env["CHROMIUM"];

export default defineConfig<MayflyFixtures, MayflyWorkerFixtures>({
  testDir: ".",
  fullyParallel: true,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    mayflyUrl: process.env["MAYFLY_URL"] ?? "http://127.0.0.1:8080",
    launchOptions: executablePath ? { executablePath, args: ["--no-sandbox"] } : {},
  },
  webServer: {
    command: "node ../node-signup/src/server.js",
    port,
    env: { PORT: String(port), SMTP_URL: process.env["SMTP_URL"] ?? "smtp://127.0.0.1:2525" },
  },
});
