/** Where the page and the API are, whatever path a proxy puts before them. */

const HERE = import.meta.url;

/** The path of the page's own files, such as `/ui/`. Built files are in its folder `assets`. */
export const UI = import.meta.env.DEV ? "/ui/" : new URL("..", HERE).pathname;

/** The URL of the API, without a slash at its end. */
export const API = new URL("..", new URL(UI, HERE)).href.replace(/\/$/, "");
