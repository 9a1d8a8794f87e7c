/** The texts that codes are found in. */

import type { models } from "@mayfly-mail/client";
import { inert } from "./inert.ts";

const LONGEST = 1_000_000;
const BLOCKS =
  "address,article,blockquote,br,caption,dd,div,dt,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,p,pre,section,table,td,th,tr";
const shownTexts = new WeakMap<models.MessageData, string>();

/** Return the text that a candidate's `source` means. Of HTML beside a text part it is near to the server's, not equal. */
export function textOf(message: models.MessageData, source: string): string {
  if (source === "subject") return message.subject;
  if (source !== "html") return message.body_text;
  const known = shownTexts.get(message);
  if (known !== undefined) return known;
  const text = textOfHtml(message.body_html.slice(0, LONGEST));
  shownTexts.set(message, text);
  return text;
}

// A parsed document without a window runs nothing and loads nothing.
function textOfHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(inert(html), "text/html");
  for (const unseen of body.querySelectorAll("style, script, template, noscript, title")) unseen.remove();
  for (const block of body.querySelectorAll(BLOCKS)) block.before("\n");
  return (body.textContent ?? "")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n[\s]*/g, "\n")
    .trim();
}
