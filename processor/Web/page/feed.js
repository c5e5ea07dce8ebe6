// What the processor says, once a second, for as long as somebody looks.

const silence = 5000;
const again = 2000;

/**
 * @param {{figures: (figures: object) => void, history: (points: object[]) => void, old: (since: Date | null) => void, fresh: () => void}} on
 */
export function listen(on) {
  let events = null;
  let heard = null;
  let old = false;
  let watch = 0;

  function gone() {
    if (old) return;
    old = true;
    on.old(heard);
  }

  async function history() {
    try {
      const answer = await fetch('api/live/history');
      if (answer.ok) on.history(await answer.json());
    } catch {
      // The events say whether the processor is there.
    }
  }

  function open() {
    events = new EventSource('api/live');
    let source = events;
    events.addEventListener('open', history);
    events.addEventListener('figures', event => {
      heard = new Date();
      if (old) {
        old = false;
        on.fresh();
      }
      on.figures(JSON.parse(event.data));
    });
    events.addEventListener('error', () => {
      if (source !== events) return;
      gone();
      // The browser tries again by itself, but not after an answer that was no stream.
      if (events.readyState === EventSource.CLOSED) setTimeout(() => { if (source === events) open(); }, again);
    });
    const opened = Date.now();
    clearInterval(watch);
    watch = setInterval(() => { if (Date.now() - Math.max(opened, heard?.getTime() ?? 0) > silence) gone(); }, 1000);
  }

  function close() {
    events?.close();
    events = null;
    clearInterval(watch);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else if (events === null) open();
  });
  if (!document.hidden) open();
}
