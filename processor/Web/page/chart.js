import { svg, write } from './dom.js';
import { compact, duration, number, rate } from './format.js';

const span = 300_000;
// Seconds without figures are a gap, not a line across it.
const gap = 4000;
const lagHeight = 44;
// Where the figures of the axis stand.
const left = 46;

/** The last five minutes: messages a second stacked by kind, and the lag below. Drawn in pixels, so that lines and letters keep their shape. */
export class FlowChart {
  constructor(plot, readout) {
    this.plot = plot;
    this.readout = readout;
    this.points = [];
    this.paths = new Map();
    this.chosen = null;
    this.rules = [svg('line', { class: 'rule' }), svg('line', { class: 'rule' }), svg('line', { class: 'rule' }), svg('line', { class: 'rule' })];
    this.labels = [svg('text'), svg('text'), svg('text')];
    this.lag = svg('path', { class: 'lag' });
    this.areas = svg('g');
    this.pointer = svg('line', { class: 'pointer', visibility: 'hidden' });
    plot.append(svg('svg', { 'aria-hidden': 'true' }, ...this.rules, this.areas, this.lag, ...this.labels, this.pointer));
    new ResizeObserver(([entry]) => {
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
      this.draw();
    }).observe(plot);
    plot.addEventListener('pointermove', event => this.choose(this.at(event.offsetX)));
    plot.addEventListener('pointerleave', () => this.choose(null));
    plot.addEventListener('blur', () => this.choose(null));
    plot.addEventListener('keydown', event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const from = this.chosen === null ? this.points.length : this.points.indexOf(this.chosen);
      this.choose(this.points[Math.max(0, Math.min(this.points.length - 1, from + step))] ?? null);
    });
  }

  /** All points anew, as the processor has kept them. */
  reset(points) {
    const newest = points.at(-1)?.at ?? '';
    this.points = [...points, ...this.points.filter(point => point.at > newest)].map(known);
    this.draw();
  }

  add(point) {
    const newest = this.points.at(-1);
    if (newest && newest.at >= point.at) return;
    this.points.push(known(point));
    this.draw();
  }

  draw() {
    const { width, height } = this;
    if (!width || this.points.length === 0) return;
    const now = this.points.at(-1).time;
    while (this.points[0].time < now - span) this.points.shift();
    const points = this.points;
    const top = 8, bottom = height - lagHeight - 26;
    const x = this.x = time => left + (width - left) * (1 - (now - time) / span);
    const most = ceiling(Math.max(1, ...points.map(point => point.perSecond)));
    const y = value => bottom - (bottom - top) * value / most;
    const segments = split(points);

    const sums = new Map(points.map(point => [point, 0]));
    for (const kind of Object.keys(points.at(-1).kinds)) {
      let d = '';
      for (const segment of segments) {
        let forth = '', back = '';
        for (const point of segment) {
          const under = sums.get(point), over = under + (point.kinds[kind] ?? 0);
          sums.set(point, over);
          const across = x(point.time).toFixed(1);
          forth += `${forth ? 'L' : 'M'}${across} ${y(over).toFixed(1)}`;
          back = `L${across} ${y(under).toFixed(1)}${back}`;
        }
        d += `${forth}${back}Z`;
      }
      this.path(kind).setAttribute('d', d);
    }

    const floor = height - 2, lagMost = Math.max(1, ...points.map(point => point.lag));
    const lagY = value => floor - (lagHeight - 4) * value / lagMost;
    this.lag.setAttribute('d', segments.map(segment => segment.map((point, i) => `${i ? 'L' : 'M'}${x(point.time).toFixed(1)} ${lagY(point.lag).toFixed(1)}`).join('')).join(''));

    [y(most), y(most / 2), bottom, floor].forEach((level, i) => place(this.rules[i], { x1: left, x2: width, y1: level + .5, y2: level + .5 }));
    [[y(most) + 4, `${compact(most)}/s`], [y(most / 2) + 4, `${compact(most / 2)}/s`], [bottom + 18, `lag, at most ${number(Math.max(...points.map(point => point.lag)))}`]].forEach(([level, text], i) => {
      place(this.labels[i], i < 2 ? { x: left - 6, y: level, 'text-anchor': 'end' } : { x: left, y: level });
      write(this.labels[i], text);
    });
    this.choose(this.chosen !== null && points.includes(this.chosen) ? this.chosen : null);
  }

  path(kind) {
    let path = this.paths.get(kind);
    if (!path) {
      path = svg('path', { 'data-kind': kind });
      this.paths.set(kind, path);
      this.areas.append(path);
    }
    return path;
  }

  /** The point that is nearest. */
  at(across) {
    let best = null;
    for (const point of this.points) if (best === null || Math.abs(this.x(point.time) - across) < Math.abs(this.x(best.time) - across)) best = point;
    return best;
  }

  choose(point) {
    this.chosen = point;
    this.pointer.setAttribute('visibility', point ? 'visible' : 'hidden');
    if (!point) {
      write(this.readout, '');
      return;
    }
    const across = this.x(point.time);
    place(this.pointer, { x1: across, x2: across, y1: 0, y2: this.height });
    const kinds = Object.entries(point.kinds).filter(([, value]) => value > 0).map(([kind, value]) => `${kind} ${rate(value)}`).join(', ');
    write(this.readout, `${duration((this.points.at(-1).time - point.time) / 1000)} ago: ${rate(point.perSecond)}/s${kinds ? ` (${kinds})` : ''}, lag ${number(point.lag)}`);
  }
}

/** The windows of one word as steps over time. */
export class CourseChart {
  constructor(plot) {
    this.plot = plot;
    this.steps = svg('path');
    this.rule = svg('line', { class: 'rule' });
    this.ground = svg('line', { class: 'rule' });
    this.label = svg('text');
    plot.append(svg('svg', { 'aria-hidden': 'true' }, this.rule, this.ground, this.steps, this.label));
    new ResizeObserver(() => this.draw()).observe(plot);
    this.windows = [];
  }

  show(windows, from, to) {
    Object.assign(this, { windows, from, to });
    this.draw();
  }

  draw() {
    const width = this.plot.clientWidth, height = this.plot.clientHeight;
    if (!width || this.windows.length === 0) return;
    const top = 18, bottom = height - 1;
    const most = Math.max(...this.windows.map(window => window.count));
    const x = time => (width * (Date.parse(time) - this.from) / (this.to - this.from)).toFixed(1);
    const y = count => (bottom - (bottom - top) * count / most).toFixed(1);
    const last = this.windows.at(-1);
    // A line of air between windows that are wide enough to spare it.
    const air = x(last.end) - x(last.start) > 5 ? 1 : 0;
    this.steps.setAttribute('d', this.windows.map(({ start, end, count }) => `M${x(start)} ${bottom}V${y(count)}H${x(end) - air}V${bottom}Z`).join(''));
    place(this.rule, { x1: 0, x2: width, y1: top + .5, y2: top + .5 });
    place(this.ground, { x1: 0, x2: width, y1: bottom + .5, y2: bottom + .5 });
    place(this.label, { x: 2, y: top - 5 });
    write(this.label, number(most));
  }
}

const known = point => point.time ? point : { ...point, time: Date.parse(point.at) };

function place(node, attributes) {
  for (const name in attributes) node.setAttribute(name, attributes[name]);
}

function split(points) {
  const segments = [];
  points.forEach((point, i) => {
    if (i === 0 || point.time - points[i - 1].time > gap) segments.push([]);
    segments.at(-1).push(point);
  });
  return segments;
}

/** The next round number: the axis stands still while what it measures trembles. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(step => step * power >= value) * power;
}
