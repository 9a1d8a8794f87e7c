/** The mails of the application. */

import { createTransport } from "nodemailer";

/** Return functions that send through the server at this URL (`smtp://user:password@host:port`). */
export function mailsBy(smtpUrl) {
  const transport = createTransport(smtpUrl);
  const send = (to, mail) => transport.sendMail({ from: "Shop <noreply@shop.example>", to, ...mail });
  return {
    code: (to, code) => send(to, { subject: "Confirm your account", text: `Your code is ${code}.` }),
    reset: (to, url) =>
      send(to, { subject: "Reset your password", html: `<p><a href="${url}">Choose a new password</a></p>` }),
    close: () => transport.close(),
  };
}
