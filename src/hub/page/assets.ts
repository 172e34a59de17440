/** The page's style, script and icon. Their addresses change with their content, so that browsers may keep them. */
import { createHash } from 'node:crypto';
import { SCRIPT_TEXT } from './script.ts';
import { STYLE_TEXT } from './style.ts';

export interface Asset {
  readonly url: string;
  readonly type: string;
  readonly text: string;
}

const named = (name: string, extension: string, type: string, text: string): Asset => ({
  url: `/assets/${name}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${extension}`,
  type,
  text,
});

export const STYLE = named('style', 'css', 'text/css; charset=utf-8', STYLE_TEXT);
export const SCRIPT = named('page', 'js', 'text/javascript; charset=utf-8', SCRIPT_TEXT);
export const ICON: Asset = {
  url: '/assets/icon.svg',
  type: 'image/svg+xml',
  text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
<g fill="none" stroke="#0f766e" stroke-width="2.4" stroke-linecap="round"><path d="M6 5v14M6 13c0-5 12-2 12-8"/></g>
<g fill="#0f766e"><circle cx="6" cy="5" r="3"/><circle cx="6" cy="19" r="3"/><circle cx="18" cy="5" r="3"/></g></svg>`,
};

export const ASSETS: readonly Asset[] = [STYLE, SCRIPT, ICON];
