/** Hands octets to the browser's downloads. */

/** Save octets as a file; the name is what the browser proposes. */
export function saveAs(name: string, octets: Uint8Array | Blob, type = "application/octet-stream"): void {
  const content = octets instanceof Blob ? octets : new Blob([octets as Uint8Array<ArrayBuffer>], { type });
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  [link.href, link.download] = [url, name];
  link.click();
  // Not at once: some browsers have only begun to read it then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
