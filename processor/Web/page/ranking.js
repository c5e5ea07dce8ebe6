import { element, write } from './dom.js';
import { appear, glide, settle, tick } from './motion.js';

/**
 * Words by rank. A rank keeps its row and words move from row to row, so that the order of the page is the order of the ranks; a row that has got another
 * word comes gliding from where that word was.
 */
export class Ranking {
  constructor(list, open) {
    this.list = list;
    this.open = open;
    this.rows = [];
    this.empty = element('li', { class: 'empty' }, 'nothing yet');
    list.append(this.empty);
  }

  /** @param words {word, count} each, highest first. */
  show(words) {
    const before = new Map(this.rows.map((row, rank) => [row.word, rank]));
    const height = this.rows.length > 1 ? this.rows[1].item.offsetTop - this.rows[0].item.offsetTop : 0;
    const focused = this.rows.find(row => row.button === document.activeElement)?.word;
    this.empty.hidden = words.length > 0;
    while (this.rows.length > words.length) this.rows.pop().item.remove();
    while (this.rows.length < words.length) this.rows.push(this.row());
    const most = words.length ? words[0].count : 1;
    words.forEach(({ word, count }, rank) => {
      const row = this.rows[rank];
      if (row.word === word) tick(row.count, count);
      else {
        row.word = word;
        write(row.label, word);
        row.button.title = word;
        settle(row.count, count);
        const was = before.get(word);
        if (was === undefined) appear(row.item);
        else glide(row.item, (was - rank) * height);
      }
      const share = `${(100 * count / most).toFixed(1)}%`;
      if (row.share !== share) row.button.style.setProperty('--share', row.share = share);
    });
    // Who has a word in hand keeps it, wherever it goes.
    const moved = focused !== undefined && this.rows.find(row => row.word === focused);
    if (moved && moved.button !== document.activeElement) moved.button.focus({ preventScroll: true });
  }

  row() {
    const label = element('span', { class: 'word', dir: 'auto' });
    const count = element('b');
    const button = element('button', { type: 'button', 'aria-haspopup': 'dialog' }, label, count, element('span', { class: 'bar' }));
    const row = { label, count, button, item: element('li', {}, button) };
    // The word that was pressed is meant, also if another has come by the time that the button is let go.
    let pressed = null;
    button.addEventListener('pointerdown', () => { pressed = row.word; });
    button.addEventListener('click', event => {
      this.open(event.detail > 0 && pressed !== null ? pressed : row.word);
      pressed = null;
    });
    this.list.append(row.item);
    return row;
  }
}
