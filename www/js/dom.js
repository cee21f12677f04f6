// Builders for DOM nodes. Text only ever becomes text nodes: names in files are hostile.

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `on…` are listeners, `text` the content, `data` the dataset; the rest are attributes.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/**
 * The same for SVG.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {SVGElement}
 */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * @template {Element} T
 * @param {string} id
 * @returns {T}
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * A labelled native select.
 * @param {string} label
 * @param {{id: string, label: string, group?: string}[]} options
 * @param {(id: string) => void} choose
 */
export function select(label, options, choose, props = {}) {
  const groups = new Map();
  const list = h("select", { "aria-label": label, ...props, onchange: () => choose(list.value) });
  for (const option of options) {
    const node = h("option", { value: option.id, text: option.label });
    if (!option.group) list.append(node);
    else {
      if (!groups.has(option.group)) {
        const group = h("optgroup", { label: option.group });
        groups.set(option.group, group);
        list.append(group);
      }
      groups.get(option.group).append(node);
    }
  }
  return list;
}

/** Says something to a screen reader without moving the focus. @param {string} text */
export function announce(text) {
  byId("announcer").textContent = text;
}
