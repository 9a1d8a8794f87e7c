/** Runs the application: `SMTP_URL=smtp://127.0.0.1:2525 PORT=3000 node src/server.js`. */

import { appWith } from "./app.js";
import { mailsBy } from "./mails.js";

const port = Number(process.env.PORT ?? 3000);
appWith(mailsBy(process.env.SMTP_URL ?? "smtp://127.0.0.1:2525")).listen(port, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${port}`);
});
