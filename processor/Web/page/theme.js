'use strict';
// Before the first paint, so that nobody who chose dark is flashed at. A choice is remembered; without one the system's holds.
{
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const remembered = () => {
    try { return localStorage.getItem('theme'); } catch { return null; }
  };
  const dark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const chosen = remembered();
  if (chosen === 'dark' || chosen === 'light') root.dataset.theme = chosen;

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const show = () => button.setAttribute('aria-pressed', dark());
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.theme); } catch { /* Not remembered, where storage is off. */ }
      show();
    });
    system.addEventListener('change', show);
    show();
  });
}
