// Text of the stream goes into the page as text only, never as markup.

export const byId = id => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** Writes a text only where it is another one: what has not changed need not be laid out. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(made, attributes, children) {
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...children);
  return made;
}
