import { FlowChart } from './chart.js';
import { Course } from './course.js';
import { byId, element, write } from './dom.js';
import { listen } from './feed.js';
import { clock, moment, number, rate } from './format.js';
import { tick } from './motion.js';
import { Ranking } from './ranking.js';
import { showFresh, showOld, showStatus } from './status.js';
import { Trends } from './trends.js';

const course = new Course();
const open = word => course.open(word);
const chart = new FlowChart(byId('plot'), byId('readout'));
const now = new Ranking(byId('window-words'), open);
const all = new Ranking(byId('top-words'), open);
const trends = new Trends(open);
const kinds = new Map();

function showKind(name, count, perSecond) {
  let cells = kinds.get(name);
  if (!cells) {
    cells = { rate: element('td'), count: element('td') };
    byId('kinds').append(element('tr', { 'data-kind': name }, element('th', { scope: 'row' }, name), cells.rate, cells.count));
    kinds.set(name, cells);
  }
  tick(cells.rate, perSecond, value => `${rate(value)}/s`);
  tick(cells.count, count);
}

function show(figures) {
  showStatus(figures);
  tick(byId('rate'), figures.perSecond, rate);
  tick(byId('messages'), figures.messages, number);
  write(byId('time'), figures.streamTime ? `up to ${moment(figures.streamTime)} UTC` : '');
  for (const name in figures.kinds) showKind(name, figures.kinds[name], figures.kindsPerSecond[name]);
  byId('reading').hidden = figures.progress === null;
  if (figures.progress !== null) {
    byId('progress').value = figures.progress;
    write(byId('progress-text'), `${Math.floor(100 * figures.progress)} %`);
  }
  write(byId('window'), figures.window ? `${clock(figures.window.start)} – ${clock(figures.window.end)} UTC` : '');
  now.show(figures.window ? figures.window.words : []);
  all.show(figures.top);
  trends.show(figures);
  chart.add({ at: figures.at, perSecond: figures.perSecond, kinds: figures.kindsPerSecond, lag: figures.lag });
}

// Of figures that come faster than the screen is drawn, the last are enough.
let latest = null;
function soon(figures) {
  if (latest === null) requestAnimationFrame(() => {
    try {
      show(latest);
    } finally {
      latest = null;
    }
  });
  latest = figures;
}

listen({ figures: soon, history: points => chart.reset(points), old: showOld, fresh: showFresh });

byId('search').addEventListener('submit', event => {
  event.preventDefault();
  const word = byId('word').value.trim();
  if (word) open(word);
});
