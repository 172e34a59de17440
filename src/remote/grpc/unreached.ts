/** Why a server was not reached, in words: gRPC passes on what OpenSSL and the system say. */

export interface Unreached {
  readonly cause: string;
  /** What may help. */
  readonly remedy: string;
}

/** What a server says that ends, to who would begin a push. */
export const ENDING = 'the server is ending, and takes no new pushes';

/** Nobody listens there, or not yet, or not any more: a server that is started anew is away for a moment. */
export const isPassing = ({ message }: Error): boolean => message.includes('ECONNREFUSED') || message.includes(ENDING);

/** `details` of a call that ended with `unavailable`. */
export function unreached(details: string, isSecure: boolean): Unreached {
  const cause = details.trim();
  if (isSecure && /wrong version number|packet length too long/.test(cause)) {
    return { cause: 'what answers there speaks no TLS', remedy: 'a server without TLS is http://host:port' };
  }
  if (isSecure && /certificate|altnames/i.test(cause)) {
    return { cause, remedy: 'NODE_EXTRA_CA_CERTS names a file with the authorities that you trust' };
  }
  if (cause === ENDING) return { cause, remedy: 'try again when it has been started' };
  // A server that expects TLS closes the connection at once; so does what is no server of this kind.
  if (!isSecure && cause.startsWith('Failed to connect')) {
    return {
      cause: 'what answers there closed the connection',
      remedy: 'is the port right? a server with TLS is https://',
    };
  }
  return { cause, remedy: 'is the URL right, and does the server run?' };
}
