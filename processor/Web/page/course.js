import { CourseChart } from './chart.js';
import { byId, write } from './dom.js';
import { clock, duration, number } from './format.js';
import { settle, tick } from './motion.js';

const every = 2000;
const least = 300_000;

/** One word over the last hour, in a dialog that follows the stream while it is open. */
export class Course {
  constructor() {
    this.dialog = byId('course');
    this.chart = new CourseChart(byId('course-plot'));
    this.timer = 0;
    this.word = null;
    byId('course-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', event => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener('close', () => {
      clearTimeout(this.timer);
      this.asked?.abort();
      this.word = null;
    });
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.timer);
      if (!document.hidden && this.word !== null) this.ask();
    });
  }

  open(word) {
    this.word = word;
    this.first = true;
    write(byId('course-word'), word);
    byId('course-word').title = word;
    write(byId('course-note'), 'asking …');
    byId('course-part').hidden = true;
    this.dialog.showModal();
    this.ask();
  }

  async ask() {
    this.asked?.abort();
    clearTimeout(this.timer);
    const asked = this.asked = new AbortController();
    const word = this.word;
    let note, course;
    try {
      const answer = await fetch(`api/words?word=${encodeURIComponent(word.toWellFormed())}`, { signal: asked.signal });
      if (answer.ok) course = await answer.json();
      note = answer.ok ? '' : answer.status === 404 ? 'This word has not been counted. Words are told apart by every letter, as they were written: Word, word and “word” are three.'
        : answer.status === 503 ? 'Its counts are moving between processors just now; asking again …' : `The processor answers with an error (${answer.status}).`;
    } catch (error) {
      if (error.name === 'AbortError') return;
      note = 'The processor does not answer; asking again …';
    }
    if (asked.signal.aborted || word !== this.word) return;
    if (course) this.show(course);
    write(byId('course-note'), note);
    if (!document.hidden) this.timer = setTimeout(() => this.ask(), every);
  }

  show({ count, windows }) {
    byId('course-part').hidden = false;
    (this.first ? settle : tick)(byId('course-count'), count);
    this.first = false;
    byId('course-plot').hidden = windows.length === 0;
    if (windows.length === 0) {
      write(byId('course-caption'), 'In no window of the last hour.');
      return;
    }
    const last = windows.at(-1), size = (Date.parse(last.end) - Date.parse(last.start)) / 1000;
    const to = Date.parse(last.end), from = Math.min(Date.parse(windows[0].start), to - least);
    this.chart.show(windows, from, to);
    const caption = `${clock(new Date(from).toISOString())} – ${clock(last.end)} UTC, in windows of ${duration(size)}`;
    write(byId('course-caption'), caption);
    const most = Math.max(...windows.map(window => window.count));
    byId('course-plot').setAttribute('aria-label', `Counts of the word: ${caption}; at most ${number(most)}, in the newest window ${number(last.count)}`);
  }
}
