// Where the site begins: at the top of its host, or under the path that a proxy gives it.

/** Of the page's own modules, so that nobody has to say it: "/" or, say, "/nablascope/". */
export const ROOT = new URL(import.meta.url).pathname.replace(/static\/(?:[0-9a-f]+\/)?model\/site\.js$/, "");

/** @param {string} path without a slash in front @returns {string} the path of an address of this site */
export const at = (path) => ROOT + path;
