import { write } from './dom.js';
import { number } from './format.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const duration = 600;

// Numbers that are on their way: a dozen steps a second are enough for the eye, and leave the rest to whoever needs it.
const pause = 80;
const shown = new WeakMap();
const ticking = new Map();
let due = false;

/** Counts a number up or down to its new value. */
export function tick(node, value, format = number) {
  const from = shown.get(node);
  shown.set(node, value);
  if (calm.matches || from === undefined || from === value) {
    ticking.delete(node);
    write(node, format(value));
    return;
  }
  ticking.set(node, { from, to: value, start: performance.now(), format });
  soon(0);
}

/** Forgets where a number was: it now stands for something else. */
export function settle(node, value) {
  shown.set(node, value);
  ticking.delete(node);
  write(node, number(value));
}

/** Lets an element come from where it was to where it is; who rises passes above who sinks. */
export function glide(node, from) {
  if (calm.matches) return;
  node.style.zIndex = from > 0 ? 2 : 1;
  node.animate([{ transform: `translateY(${from}px)` }, { transform: 'none' }], { duration, easing: 'cubic-bezier(.2, .7, .2, 1)' });
}

/** Lets an element that is new appear. */
export function appear(node) {
  if (!calm.matches) node.animate([{ opacity: 0 }, { opacity: 1 }], { duration });
}

function soon(wait) {
  if (due) return;
  due = true;
  setTimeout(() => requestAnimationFrame(step), wait);
}

function step(now) {
  due = false;
  for (const [node, { from, to, start, format }] of ticking) {
    const part = Math.max(0, Math.min(1, (now - start) / duration));
    if (part === 1) ticking.delete(node);
    write(node, format(part === 1 ? to : from + (to - from) * part));
  }
  if (ticking.size > 0) soon(pause);
}
