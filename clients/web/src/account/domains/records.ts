/** The DNS records of a custom domain, as one sets them. Pure. */

import type { models } from "@mayfly-mail/client";

export interface DnsRecord {
  readonly type: "TXT" | "MX";
  readonly name: string;
  /** Of an MX record. */
  readonly priority?: string;
  readonly value: string;
  /** What it is for. */
  readonly purpose: string;
}

/** Return the records that prove a domain and bring its mail; `mailHosts`: what its MX record may name. */
export function recordsOf(domain: models.DomainData, mailHosts: readonly string[]): DnsRecord[] {
  const { name } = domain;
  return [
    { type: "TXT", name, value: domain.txt_token ?? "", purpose: "proves that the domain is yours" },
    ...mailHosts.map((host): DnsRecord => ({
      type: "MX",
      name,
      priority: "10",
      value: host,
      purpose: "brings its mail to Mayfly",
    })),
  ];
}

const STATES: Record<string, readonly [chip: string, words: string]> = {
  pending: ["expired", "not verified yet"],
  verified: ["active", "verified"],
  failing: ["expired", "its TXT record is gone"],
  suspended: ["revoked", "suspended: no mail is taken"],
};

/** Return the class of the chip and the words for the state of a custom domain. */
export function stateOf(domain: models.DomainData): readonly [chip: string, words: string] {
  return STATES[domain.status ?? (domain.verified ? "verified" : "pending")] ?? ["", domain.status ?? ""];
}
