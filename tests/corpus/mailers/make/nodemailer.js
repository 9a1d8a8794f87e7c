// Sends letters with nodemailer: node nodemailer.js LETTERS.json NAMES PORT [TRANSPORT OPTIONS as JSON]
// NAMES: letter names with commas between them, sent at once over one transport. NODE_PATH says where nodemailer is.
const fs = require("node:fs");
const nodemailer = require("nodemailer");

const [path, names, port, options = "{}"] = process.argv.slice(2);
const letters = JSON.parse(fs.readFileSync(path, "utf8"));
const octets = (file) => Buffer.from(file.base64, "base64");

function message(letter) {
  const attachments = letter.attachments.map((file) => ({
    filename: file.name, contentType: file.type, content: octets(file),
  }));
  if (letter.inline) {
    const { name, type, cid } = letter.inline;
    attachments.push({ filename: name, contentType: type, cid, content: octets(letter.inline) });
  }
  return {
    from: letter.from, to: letter.to, cc: letter.cc, replyTo: letter.reply_to, subject: letter.subject,
    text: letter.text || undefined, html: letter.html || undefined,
    // nodemailer writes the calendar twice by itself: as an alternative and as the attachment.
    ...(letter.calendar
      ? { icalEvent: { method: "REQUEST", filename: letter.attachments[0].name, content: letter.calendar } }
      : { attachments }),
  };
}

const transport = nodemailer.createTransport({ host: "127.0.0.1", port: Number(port), ignoreTLS: true, ...JSON.parse(options) });
Promise.all(names.split(",").map((name) => transport.sendMail(message(letters[name]))))
  .then(() => transport.close())
  .catch((error) => { console.error(error); process.exit(1); });
