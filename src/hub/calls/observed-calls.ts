/** The methods of the service as the hub offers them: a bounded number at a time, each counted, timed and logged. */
import type { Clock } from '../../base/environment.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import type { Answer, CallContext, Calls } from '../../service/chunk-service.ts';
import type { ServerLog } from '../../service/log.ts';
import type { Caller, CallOrigin } from '../../service/service-host.ts';
import type { CallNotes } from './call-notes.ts';
import type { HubMetrics } from './hub-metrics.ts';
import type { RequestLimits } from './request-limits.ts';

export interface ObservedCallsOptions {
  readonly calls: Calls;
  /** Methods besides, by their paths. */
  readonly more: ReadonlyMap<string, Answer>;
  readonly limits: RequestLimits;
  readonly metrics: HubMetrics;
  readonly notes: CallNotes;
  readonly log: ServerLog;
  readonly clock: Clock;
  /** Told of calls about a repository that ended with an error. */
  readonly failed: (repository: string, caller: Caller, origin: CallOrigin, message: string) => void;
}

/** What a push does; other calls come every second from every replica. */
const CHANGES = new Set(['GetUploadLocations', 'AddTableFiles', 'Commit']);

export class ObservedCalls implements Calls {
  readonly #options: ObservedCallsOptions;

  constructor(options: ObservedCallsOptions) {
    this.#options = options;
  }

  unary(): ReadonlyMap<string, Answer> {
    const { calls, more } = this.#options;
    return new Map([...calls.unary(), ...more].map(([path, answer]) => [path, this.#observed(path, answer)]));
  }

  streams(): ReadonlyMap<string, () => Answer> {
    return new Map(
      Array.from(this.#options.calls.streams(), ([path, begin]) => [path, () => this.#observed(path, begin())]),
    );
  }

  #observed(path: string, answer: Answer): Answer {
    const method = path.slice(path.lastIndexOf('/') + 1);
    const { limits, metrics, clock } = this.#options;
    return async (request, context) => {
      const end = limits.begin(context.peer);
      if (end === undefined) {
        metrics.refused();
        throw new GrpcError(GrpcStatus.resourceExhausted, 'too many calls run here now; try again in a moment');
      }
      const start = clock.monotonic();
      let error: unknown;
      try {
        return await answer(request, context);
      } catch (thrown) {
        error = thrown;
        throw thrown;
      } finally {
        end();
        this.#note(method, context, clock.monotonic() - start, error);
      }
    };
  }

  #note(method: string, context: CallContext, milliseconds: number, error: unknown): void {
    const { metrics, notes, log, failed } = this.#options;
    const code = error === undefined ? GrpcStatus.ok : error instanceof GrpcError ? error.code : GrpcStatus.internal;
    metrics.called(method, code, milliseconds / 1000);
    if (code !== GrpcStatus.ok) {
      const { caller, repository } = notes.of(context);
      const message = error instanceof Error ? error.message : String(error);
      if (repository !== undefined) failed(repository, caller, context, `${method}: ${message}`);
    }
    const level = code === GrpcStatus.internal ? 'warn' : code !== 0 || CHANGES.has(method) ? 'info' : 'debug';
    if (level === 'debug' && !log.isOn('debug')) return;
    const { caller, repository } = notes.of(context);
    log[level](method, {
      ...(repository === undefined ? {} : { repository }),
      ...(caller === undefined ? {} : { user: caller }),
      peer: context.peer,
      code,
      milliseconds: Math.round(milliseconds * 10) / 10,
      ...(error instanceof Error ? { error: error.message } : {}),
    });
  }
}
