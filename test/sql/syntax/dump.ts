/** A syntax tree as text for golden files: `(kind property value …)`, without places and without what is absent or empty. */
/** Where false says something. */
const SAYING = new Set(['nullable', 'visible', 'enforced', 'readOnly', 'deterministic', 'preserve', 'enable']);

export function dump(value: unknown, indent = ''): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => dump(item, indent)).join(' ')}]`;
  const { kind, start: _start, end: _end, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest)
    .filter(
      ([name, part]) =>
        (part !== false || SAYING.has(name)) && part !== undefined && !(Array.isArray(part) && part.length === 0),
    )
    .map(([name, part]) => `${name}=${dump(part, indent)}`);
  return `(${[kind, ...parts].filter((part) => part !== undefined).join(' ')})`;
}
