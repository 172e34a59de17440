/**
 * Reading from all clients into one buffer. Node makes a buffer of 64 KB for each read of a socket that a server accepted, and
 * cuts it to what came; that costs a seventh of the processor time of a small query. Sockets that are opened may bring a buffer
 * (`onread`), so what was accepted is opened once more, over the same handle. What has come is copied out of the buffer in the
 * event that brings it: many small pieces share one allocation.
 */
import { Socket, type SocketConstructorOpts } from 'node:net';

/** As much as libuv asks for at a time. */
const READ_BYTES = 1 << 16;

const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/** Up to so many bytes are copied one by one: a view of them costs more. */
const FEW_BYTES = 64;

function copied(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  if (length > FEW_BYTES) bytes.set(shared.subarray(0, length));
  else for (let at = 0; at < length; at++) bytes[at] = shared[at]!;
  return bytes;
}

/** Of Node's sockets, though not in its documentation. */
interface WithHandle {
  _handle?: object | null;
}

/** A socket in place of one that was accepted in this very event; the same one, where Node does not show its handle. */
export function sharedReads(accepted: Socket): Socket {
  const { _handle: handle } = accepted as WithHandle;
  if (typeof handle !== 'object' || handle === null) return accepted;
  const callback = (length: number): boolean => {
    const bytes = copied(length);
    if (socket.listenerCount('data') > 0) socket.emit('data', bytes);
    else socket.push(bytes);
    return true;
  };
  const options = { handle, onread: { buffer: shared, callback } };
  const socket = new Socket(options as SocketConstructorOpts);
  // The server counts it as one that ended, and it leaves the handle alone.
  (accepted as WithHandle)._handle = null;
  accepted.destroy();
  return socket;
}
