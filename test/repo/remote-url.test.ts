import { expect, test } from 'vitest';
import { parseServiceUrl } from '../../src/remote/grpc/service-url.ts';
import { absoluteRemoteUrl, clonedUrl, shownUrl } from '../../src/repo/remote-url.ts';

test.each([
  ['ada/shop', undefined, 'https://doltremoteapi.dolthub.com/ada/shop'],
  ['ada/shop', 'hub.example.com', 'https://hub.example.com/ada/shop'],
  ['ada/shop', ' hub.example.com:8443/ ', 'https://hub.example.com:8443/ada/shop'],
  ['ada/shop', 'http://localhost:50051', 'http://localhost:50051/ada/shop'],
  ['ada/shop', 'https://hub.example.com/', 'https://hub.example.com/ada/shop'],
  ['hub.example.com/ada/shop', 'http://localhost:50051', 'https://hub.example.com/ada/shop'],
  ['http://localhost:50051/ada/shop', 'elsewhere', 'http://localhost:50051/ada/shop'],
  ['https://ada:secret@hub.example.com/ada/shop', undefined, 'https://ada:secret@hub.example.com/ada/shop'],
  ['file://../shop', undefined, 'file:///srv/shop'],
])('%s on %s is %s', (url, host, full) => {
  expect(absoluteRemoteUrl(url, '/srv/here', host)).toBe(full);
});

test('a page of DoltHub stands for what it shows', () => {
  const page = 'https://www.dolthub.com/repositories/ada/shop';
  expect(clonedUrl(page, '/srv', undefined)).toBe('https://doltremoteapi.dolthub.com/ada/shop');
});

test.each(['file:///srv', 'ftp://host'])('%s is no default host', (host) => {
  expect(() => absoluteRemoteUrl('ada/shop', '/srv', host)).toThrow(/remotes.default_host/);
});

test('passwords are not shown', () => {
  expect(shownUrl('http://ada:se:cret@host:1/a/b')).toBe('http://ada:***@host:1/a/b');
  expect(shownUrl('http://ada@host:1/a/b')).toBe('http://ada@host:1/a/b');
  expect(shownUrl('http://host:1/a@b:c@d')).toBe('http://host:1/a@b:c@d');
});

test.each([
  ['http://host/ada/shop/', { authority: 'host:80', host: 'host', isSecure: false, path: 'ada/shop' }],
  ['https://host/shop', { authority: 'host:443', host: 'host', isSecure: true, path: 'shop' }],
  ['http://[::1]:50051/a/b', { authority: '[::1]:50051', host: '::1', isSecure: false, path: 'a/b' }],
  ['http://u%40x:p%3A@host:1/a%20b/c', { user: 'u@x', password: 'p:', path: 'a b/c' }],
])('the parts of %s', (url, parts) => {
  expect(parseServiceUrl(url)).toMatchObject(parts);
});

test.each(['http://', 'http://host', 'http://host/', 'http://host/a?b', 'http://host/%zz', 'http://host:99999/a/b'])(
  '%s names no repository',
  (url) => {
    expect(() => parseServiceUrl(url)).toThrow(/names no repository; it should be/);
  },
);
