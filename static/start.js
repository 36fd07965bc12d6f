// Says what keeps a page from starting, where there would be a blank page or "is starting" for ever. It stands in the
// page itself, and in old JavaScript: browsers that cannot run the modules run this.

(function () {
  "use strict";
  /** After so long a page says that it has not started yet; should it start after all, it says so no more. */
  var PATIENCE_MS = 20000;
  var BROWSERS = "Chrome or Edge 110, Firefox 115, Safari 16.4 (on an iPhone or iPad: iOS 16.4)";
  var needs = document.currentScript ? document.currentScript.getAttribute("data-needs") : "";
  var started = false, box = /** @type {HTMLElement | null} */ (null);

  /** What the modules are written for came with these browsers; their import maps came last in Safari. */
  function suits() {
    var supports = /** @type {any} */ (HTMLScriptElement).supports;
    if (needs !== "importmap") return "noModule" in document.createElement("script");
    return typeof supports === "function" && supports("importmap") && typeof (/** @type {any} */ ([]).toSorted) === "function";
  }

  /** @param {Element} parent @param {string} name @param {string} text */
  function add(parent, name, text) {
    var element = document.createElement(name);
    element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  /** The modules choose the colours, usually. */
  function colour() {
    var chosen = null;
    try { chosen = localStorage.getItem("nablascope.theme"); } catch (error) { /* storage is switched off */ }
    var dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.setAttribute("data-theme", dark ? "dark" : "light");
  }

  /** @param {string} title @param {string} text @param {string} [detail] */
  function say(title, text, detail) {
    if (started || box) return;
    var drawn = document.getElementById("stage") || document.getElementById("compare");
    var main = document.querySelector("main");
    if (drawn) drawn.textContent = "";
    colour();
    box = document.createElement("div");
    box.className = "no-start";
    if (drawn || !main) box.setAttribute("role", "main");
    var said = document.createElement("div");
    said.setAttribute("role", "alert");
    add(said, drawn || !main ? "h1" : "p", title).className = "title";
    add(said, "p", text);
    if (detail) add(said, "p", detail).className = "detail";
    box.appendChild(said);
    add(box, "button", "Reload").addEventListener("click", function () { location.reload(); });
    if (drawn || !main) document.body.insertBefore(box, document.body.firstChild);
    else main.insertBefore(box, main.firstChild);
  }

  function check() {
    if (suits()) return true;
    say("This browser is too old for Nablascope", "Nablascope needs a browser of 2023 or later, at least " + BROWSERS + ". Update this browser, or open this page in another one.");
    return false;
  }

  function tooSlow() {
    say("Nablascope has not started yet", "The network is slow, or it holds back a part of this page. It still tries; you can also load the page again.");
  }

  /** A module that did not arrive, or threw. What extensions of the browser do is none of this page's. @param {any} event */
  function failed(event) {
    if (started || !check()) return;
    if (event.target && event.target.tagName === "SCRIPT") {
      say("Nablascope could not be loaded", "A part of this page did not arrive. Load it again; if that does not help, the server has ended, or the network holds something back.");
    } else if (event.filename && event.filename.indexOf(location.protocol + "//" + location.host + "/") === 0) {
      say("Nablascope could not start", "Something went wrong in this browser while the page started. Load it again; if that does not help, tell the person who runs this server:", event.message);
    }
  }

  window.addEventListener("error", failed, true);
  document.addEventListener("started", function () {
    started = suits();
    if (started && box && box.parentNode) box.parentNode.removeChild(box);
  });
  if (check()) window.setTimeout(tooSlow, PATIENCE_MS);
})();
