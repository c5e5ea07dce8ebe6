import { byId, element, write } from './dom.js';
import { clock, moment, number } from './format.js';
import { appear } from './motion.js';
import { Ranking } from './ranking.js';

/** What moves just now: sections that are there only while the figures have them. */
export class Trends {
  constructor(open) {
    this.hashtags = new Ranking(byId('hashtag-words'), open);
    this.tweets = [];
  }

  show({ hashtags, tweets, gaps }) {
    byId('hashtags').hidden = hashtags == null;
    if (hashtags?.from) write(byId('hashtags-window'), `last ${Math.round((Date.parse(hashtags.at) - Date.parse(hashtags.from)) / 1000)} s`);
    if (hashtags != null) this.hashtags.show(hashtags.tags.map(({ tag, count }) => ({ word: tag.startsWith('#') ? tag : '#' + tag, count })));
    byId('tweets').hidden = tweets == null;
    if (tweets != null) this.showTweets(tweets.tweets);
    const some = Array.isArray(gaps) && gaps.length > 0;
    byId('gaps').hidden = !some;
    if (some) showGaps(gaps);
  }

  showTweets(tweets) {
    const list = byId('tweet-list');
    while (this.tweets.length > tweets.length) this.tweets.pop().item.remove();
    while (this.tweets.length < tweets.length) this.tweets.push(tweetRow(list));
    tweets.forEach((tweet, rank) => {
      const row = this.tweets[rank];
      if (row.id !== tweet.id) appear(row.item);
      row.id = tweet.id;
      write(row.score, number(tweet.score));
      write(row.text, tweet.text);
      if (row.text.title !== tweet.text) row.text.title = tweet.text;
      write(row.author, tweet.author ? `@${tweet.author}` : '');
      row.author.title = tweet.author ?? '';
      write(row.counts, [[tweet.retweets, 'retweets'], [tweet.favourites, 'likes'], [tweet.quotes, 'quotes']]
        .filter(([count]) => count != null).map(([count, what]) => `${number(count)} ${what}`).join(' · '));
    });
  }
}

function tweetRow(list) {
  const row = {
    score: element('b', { title: 'score' }), text: element('p', { class: 'text', dir: 'auto' }),
    author: element('span', { class: 'author', dir: 'auto' }), counts: element('span'),
  };
  row.item = element('li', {}, row.score, row.text, element('p', { class: 'faint cut' }, row.author, ' ', row.counts));
  list.append(row.item);
  return row;
}

function showGaps(gaps) {
  byId('gap-list').replaceChildren(...gaps.map(({ from, to, missed }) => {
    const until = to == null ? 'still open' : from.slice(0, 10) === to.slice(0, 10) ? clock(to) : moment(to);
    return element('li', {}, `${moment(from)} – ${until}${missed == null ? '' : `: ${number(missed)} messages`}`);
  }));
}
