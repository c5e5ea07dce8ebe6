'use strict';

const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const rate = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const kinds = new Map();

// Text of the stream goes into the page as text only, never as markup.
function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}

function showKind(name, count, perSecond) {
  let cell = kinds.get(name);
  if (!cell) {
    const box = byId('kinds').appendChild(element('div', name));
    cell = { count: box.appendChild(element('b')), rate: box.appendChild(element('span')) };
    kinds.set(name, cell);
  }
  cell.count.textContent = number.format(count);
  cell.rate.textContent = rate.format(perSecond) + '/s';
}

function showWords(list, words) {
  const most = words.length ? words[0].count : 1;
  while (list.children.length > words.length) list.lastChild.remove();
  words.forEach((word, i) => {
    let row = list.children[i];
    if (!row) {
      row = list.appendChild(element('li'));
      row.append(element('span'), element('b'), element('meter'));
      row.lastChild.setAttribute('aria-hidden', 'true');
    }
    const [label, count, bar] = row.children;
    label.textContent = word.word;
    label.dir = 'auto';
    count.textContent = number.format(word.count);
    bar.value = word.count / most;
  });
}

const clock = time => time.slice(11, 19);

function show(figures) {
  const state = byId('state');
  state.textContent = figures.state.toLowerCase();
  state.toggleAttribute('data-good', figures.state === 'RUNNING');
  byId('time').textContent = figures.streamTime ? 'stream time ' + figures.streamTime.slice(0, 19).replace('T', ' ') : '';
  showKind('messages', figures.messages, figures.perSecond);
  for (const name in figures.kinds) showKind(name, figures.kinds[name], figures.kindsPerSecond[name]);
  byId('window').textContent = figures.window ? clock(figures.window.start) + ' – ' + clock(figures.window.end) : '';
  showWords(byId('window-words'), figures.window ? figures.window.words : []);
  showWords(byId('top-words'), figures.top);
  byId('lag').textContent = number.format(figures.lag);
  byId('late').textContent = number.format(figures.late);
  byId('progress-part').hidden = figures.progress === null;
  if (figures.progress !== null) byId('progress').value = figures.progress;
}

// The browser reconnects by itself; until then the page says that what it shows is old.
const events = new EventSource('api/live');
events.addEventListener('figures', event => show(JSON.parse(event.data)));
events.addEventListener('error', () => {
  byId('state').textContent = 'not reachable';
  byId('state').removeAttribute('data-good');
});
