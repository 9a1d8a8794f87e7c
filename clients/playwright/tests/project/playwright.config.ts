import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  fullyParallel: true,
  workers: 2,
  retries: 1,
  reporter: [["json", { outputFile: "report.json" }]],
  outputDir: "results",
  expect: { timeout: 10_000 },
  use: { mayflyUrl: process.env["SERVER"], mayflyTimeout: "10s" },
});
