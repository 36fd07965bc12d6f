// The vendored libraries by the bare names of the import map.
declare module "htm/preact" {
  import type {ComponentChild, ComponentType, VNode} from "preact";
  export {h, render, Component} from "preact";
  export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
}
