/** The `Range` of a request for bytes (RFC 9110 §14). */
import type { Span } from '../remote/spans.ts';

/** Parts of one answer; the original asks for one, and joins what lies near by itself. */
const MOST_RANGES = 64;

/**
 * The spans of a file of `size` bytes that a header asks for; undefined when it asks for none of bytes, and then for the whole
 * file; `unsatisfiable` when nothing of it is there, or it is not understood.
 */
export function rangesOf(header: string | undefined, size: number): readonly Span[] | undefined | 'unsatisfiable' {
  const match = /^\s*bytes\s*=(.*)$/i.exec(header ?? '');
  if (!match) return undefined;
  const specs = match[1]!.split(',').map((spec) => spec.trim());
  if (specs.length > MOST_RANGES) return 'unsatisfiable';
  const spans: Span[] = [];
  for (const spec of specs) {
    const span = spanOf(spec, size);
    if (span === undefined) return 'unsatisfiable';
    if (span.length > 0) spans.push(span);
  }
  if (spans.length === 0 || overlap(spans)) return 'unsatisfiable';
  return spans;
}

/** An empty span lies behind the end of the file; undefined is no span at all. */
function spanOf(spec: string, size: number): Span | undefined {
  const [, first, last] = /^(\d{0,15})-(\d{0,15})$/.exec(spec) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? size : Number(last) + 1;
  if (end <= offset && last !== '') return undefined;
  return { offset, length: Math.max(0, Math.min(end, size) - offset) };
}

/** Who asks for the same bytes again and again asks for more than there are. */
function overlap(spans: readonly Span[]): boolean {
  const sorted = spans.toSorted((a, b) => a.offset - b.offset);
  return sorted.some((span, i) => i > 0 && sorted[i - 1]!.offset + sorted[i - 1]!.length > span.offset);
}
