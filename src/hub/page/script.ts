/** What the page can do besides, in browsers that run scripts: nothing needs it. */
export const SCRIPT_TEXT = `'use strict';
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
}
for (const time of document.querySelectorAll('time[title]')) {
  time.title = new Date(time.dateTime).toLocaleString();
}
// Where a link brought a value behind its hash, as the original's login does.
for (const field of document.querySelectorAll('[data-from-fragment]')) {
  if (field.value === '') field.value = location.hash.slice(1);
}
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
// One menu at a time; Escape and a click elsewhere close it.
const menus = [...document.querySelectorAll('details.picker')];
document.addEventListener('click', (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    for (const menu of menus) if (menu.open) { menu.open = false; menu.querySelector('summary').focus(); }
  }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) {
    event.target.form.requestSubmit();
  }
});
`;
