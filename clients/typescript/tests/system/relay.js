/** A TCP relay that a test can cut, refuse with, or make slow: the flaky network between client and server. */

import { connect, createServer } from "node:net";

export async function relayTo(url) {
  const { hostname, port } = new URL(url);
  const relay = { isDown: false, connections: 0, cutAnswersAfter: Number.POSITIVE_INFINITY, pairs: new Set() };
  const server = createServer((near) => {
    if (relay.isDown) return near.destroy();
    relay.connections += 1;
    const far = connect(Number(port), hostname);
    const pair = { near, far };
    relay.pairs.add(pair);
    const end = () => (near.destroy(), far.destroy(), relay.pairs.delete(pair));
    let passed = 0;
    far.on("data", (octets) => {
      passed += octets.length;
      if (passed <= relay.cutAnswersAfter) return near.write(octets);
      relay.cutAnswersAfter = Number.POSITIVE_INFINITY; // once
      near.write(octets.subarray(0, Math.max(0, octets.length - 20)), end);
    });
    near.pipe(far);
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => relay.pairs.forEach(({ near, far }) => (near.destroy(), far.destroy()));
  return Object.assign(relay, {
    url: `http://127.0.0.1:${server.address().port}`,
    /** End all connections. */
    cut,
    /** End all connections and take none for so long. */
    async down(span) {
      relay.isDown = true;
      cut();
      await new Promise((resolve) => setTimeout(resolve, span));
      relay.isDown = false;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
