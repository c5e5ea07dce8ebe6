import { byId, write } from './dom.js';
import { duration, here, number } from './format.js';
import { tick } from './motion.js';

// Less than this is the time that a commit takes.
const near = 2;

/** How the processor is, in plain words. */
function describe({ state, lag, behind, restoreLeft }) {
  switch (state) {
    case 'CREATED':
    case 'STARTING': return { mood: 'waiting', text: 'starting' };
    case 'RESTORING': return { mood: 'busy', text: `restoring ${number(restoreLeft)} records` };
    case 'STOPPING': return { mood: 'busy', text: 'stopping' };
    case 'STOPPED': return { mood: 'waiting', text: 'stopped' };
    case 'FAILED': return { mood: 'bad', text: 'failed, see its log' };
    default:
      if (lag === 0 || (behind != null && behind < near)) return { mood: 'good', text: 'up to date' };
      return { mood: 'busy', text: behind == null ? `behind by ${number(lag)} records` : `behind by ${duration(behind)}` };
  }
}

function mark({ mood, text }) {
  const state = byId('state');
  write(state, text);
  if (state.dataset.mood === mood) return;
  state.dataset.mood = mood;
  // Said aloud when it changes for better or worse, not with each second.
  write(byId('said'), text);
}

export function showStatus(figures) {
  mark(describe(figures));
  tick(byId('lag'), figures.lag);
  write(byId('behind'), figures.behind == null ? '–' : figures.lag === 0 ? 'nothing' : figures.behind < near ? `under ${near} s` : duration(figures.behind));
  tick(byId('late'), figures.late);
  tick(byId('duplicates'), figures.duplicates);
  tick(byId('failed'), figures.failedTransactions);
  byId('late').dataset.mood = figures.late > 0 ? 'busy' : '';
  byId('failed').dataset.mood = figures.failedTransactions > 0 ? 'busy' : '';
  const missed = figures.missed != null;
  byId('missed-part').hidden = !missed;
  if (missed) {
    tick(byId('missed'), figures.missed);
    byId('missed').dataset.mood = figures.missed > 0 ? 'busy' : '';
  }
}

/** Says that what the page shows is old. */
export function showOld(since) {
  mark({ mood: 'bad', text: 'not reachable' });
  const old = byId('old');
  old.hidden = false;
  write(old, since
    ? `The processor does not answer. What you see is of ${here(since)}; the page goes on by itself when the processor is back.`
    : 'The processor does not answer. The page begins by itself when it does.');
}

export function showFresh() {
  byId('old').hidden = true;
}
