/** Names of saved messages. */

import { expect, test } from "vitest";
import { fileNames, plain } from "../../src/mail/file_names.ts";

const message = (id: string, subject: string) => ({ id, subject, received_at: "2026-11-30T09:05:00.123Z" });

test("have the time and the subject, each once", () => {
  expect(fileNames([message("1", "Your code"), message("2", "Your code"), message("3", "")])).toEqual([
    "2026-11-30_090500-Your-code.eml",
    "2026-11-30_090500-Your-code-2.eml",
    "2026-11-30_090500-no-subject.eml",
  ]);
});

test.each([
  ["../../etc/passwd", "etc-passwd"],
  ["C:\\a|b?*", "C-a-b"],
  ["Größe 漢字", "Größe-漢字"],
  ["\u202egpj.exe", "gpj.exe"],
  ["\0\n", ""],
  ["x".repeat(200), "x".repeat(60)],
])("%j is safe as %j", (subject, name) => {
  expect(plain(subject)).toBe(name);
});
