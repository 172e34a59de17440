/** Names of repositories as callers give them: never a way out of where repositories lie. */

const LONGEST = 512;
const MOST_SEGMENTS = 16;
const LONGEST_SEGMENT = 128;

/** Whether `path` is `owner/database`, or a name of any depth, as it stands: not encoded, not absolute, without `..`. */
export function isRepositoryPath(path: string): boolean {
  if (path.length === 0 || path.length > LONGEST) return false;
  const segments = path.split('/');
  return segments.length <= MOST_SEGMENTS && segments.every(isSegment);
}

function isSegment(segment: string): boolean {
  if (segment.length === 0 || segment.length > LONGEST_SEGMENT) return false;
  // Also names of what a repository's folder holds; and no two names look the same.
  if (segment.startsWith('.') || segment !== segment.trim() || segment !== segment.normalize('NFC')) return false;
  return !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}%\\:*?"<>|]/u.test(segment);
}
