const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const number = value => whole.format(value);
export const compact = value => short.format(value);

/** Messages a second: small ones with a digit behind the point. */
export const rate = value => (value < 10 ? fine : whole).format(value);

export function duration(seconds) {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s / 60} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  return `${number(s / 86400)} days`;
}

/** The time of day of the stream, which is UTC. */
export const clock = time => time.slice(11, 19);

/** The same with its day. */
export const moment = time => time.slice(0, 19).replace('T', ' ');

/** The time of day where the reader is. */
export const here = date => date.toLocaleTimeString('en-GB');
