/** The URLs of the page, pure: which screen a path shows, and the path of a screen. */

/** A screen with what its path names. The one list of what the page has. */
export type Place =
  | { screen: "start" }
  | { screen: "sign-in" }
  | { screen: "all"; message?: string | undefined }
  | { screen: "inbox"; inbox: string; message?: string | undefined }
  | { screen: "wait"; inbox: string }
  | { screen: "account"; section: AccountSection; item?: string | undefined }
  | { screen: "operator"; section: OperatorSection }
  | { screen: "lost"; path: string };

export const ACCOUNT_SECTIONS = ["keys", "webhooks", "domains", "team", "usage", "security"] as const;
export const OPERATOR_SECTIONS = ["overview", "accounts", "usage", "dead-letters", "domains", "mail"] as const;
export type AccountSection = (typeof ACCOUNT_SECTIONS)[number];
export type OperatorSection = (typeof OPERATOR_SECTIONS)[number];

/** Return the place of a path below the page's root, such as `inbox/0198.../0199...`. */
export function placeOf(path: string): Place {
  const [screen = "", first, second, ...rest] = path.split("/").filter(Boolean).map(decoded);
  const lost: Place = { screen: "lost", path };
  if (rest.length > 0) return lost;
  switch (screen) {
    case "":
      return { screen: "start" };
    case "sign-in":
      return first === undefined ? { screen } : lost;
    case "all":
      return second === undefined ? { screen, message: first } : lost;
    case "inbox":
      return first === undefined ? lost : { screen, inbox: first, message: second };
    case "wait":
      return first === undefined || second !== undefined ? lost : { screen, inbox: first };
    case "account":
      return isOneOf(ACCOUNT_SECTIONS, first ?? "keys") && (second === undefined || first === "webhooks")
        ? { screen, section: (first ?? "keys") as AccountSection, item: second }
        : lost;
    case "operator":
      return second === undefined && isOneOf(OPERATOR_SECTIONS, first ?? "overview")
        ? { screen, section: (first ?? "overview") as OperatorSection }
        : lost;
  }
  return lost;
}

/** Return the path of a place below the page's root. */
export function pathOf(place: Place): string {
  switch (place.screen) {
    case "start":
      return "";
    case "sign-in":
      return "sign-in";
    case "all":
      return joined("all", place.message);
    case "inbox":
      return joined("inbox", place.inbox, place.message);
    case "wait":
      return joined("wait", place.inbox);
    case "account":
      return joined("account", place.section, place.item);
    case "operator":
      return joined("operator", place.section);
    case "lost":
      return place.path;
  }
}

function joined(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join("/");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isOneOf(known: readonly string[], name: string): boolean {
  return known.includes(name);
}
