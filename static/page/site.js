// Where the site begins: at the top of its host, or under the path that a proxy gives it.

/** Of the page's own modules, so that nobody has to say it: "/" or, say, "/nablascope/". */
export const ROOT = (({pathname}) => pathname.slice(0, pathname.lastIndexOf("static/")))(new URL(import.meta.url));

/** @param {string} path without a slash in front @returns {string} the path of an address of this site */
export const at = (path) => ROOT + path;

/** Where this site's WebSocket is. */
export const socketAddress = () => `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${at("ws")}`;
