/** Commands that send a first mail. Pure. */

export type Tool = "curl" | "swaks" | "python";

export interface Server {
  readonly host: string;
  readonly port: number;
}

/** Return the line for a shell. */
export function commandFor(tool: Tool, server: Server, to: string): string {
  const { host, port } = server;
  const name = host.includes(":") ? `[${host}]` : host;
  switch (tool) {
    case "curl":
      return (
        `printf 'From: shop@example.com\\nTo: %s\\nSubject: Welcome\\n\\nYour code is 482193\\n' ${quoted(to)} | ` +
        `curl -sS smtp://${name}:${port} --mail-from shop@example.com --mail-rcpt ${quoted(to)} -T -`
      );
    case "swaks":
      return `swaks --server ${name} --port ${port} --from shop@example.com --to ${quoted(to)} --header 'Subject: Welcome' --body 'Your code is 482193'`;
    case "python":
      return (
        `python3 -c 'import smtplib, sys; smtplib.SMTP(${JSON.stringify(host)}, ${port}).sendmail("shop@example.com", sys.argv[1], ` +
        `"From: shop@example.com\\nTo: %s\\nSubject: Welcome\\n\\nYour code is 482193" % sys.argv[1])' ${quoted(to)}`
      );
  }
}

function quoted(text: string): string {
  return /^[\w.+@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
