/** The log of a server: one line an event, as text or JSON, on standard error, from a level on. */
import { pino } from 'pino';
import type { Logger } from '../base/environment.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface ServerLog extends Logger {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
  isOn(level: LogLevel): boolean;
}

const PINO_LEVELS: Readonly<Record<LogLevel, string>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
  fatal: 'fatal',
};

/** `write` gets whole lines. */
export function openLog(level: LogLevel, format: LogFormat, write: (line: string) => void): ServerLog {
  const destination = { write: (line: string): void => write(format === 'json' ? line : textLine(line)) };
  const log = pino(
    {
      level: PINO_LEVELS[level],
      base: null,
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
    },
    destination,
  );
  return {
    debug: (message, data) => log.debug(data ?? {}, message),
    info: (message, data) => log.info(data ?? {}, message),
    warn: (message, data) => log.warn(data ?? {}, message),
    error: (message, data) => log.error(data ?? {}, message),
    isOn: (asked) => log.isLevelEnabled(PINO_LEVELS[asked]),
  };
}

/** `time="…" level=info msg="…" connectionID=1`, the form of Dolt's log. */
function textLine(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(([name, value]) => ` ${name}=${plain(value)}`);
  return `time="${time}" level=${level} msg=${JSON.stringify(msg)}${fields.join('')}\n`;
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@-]+$/.test(text) ? text : JSON.stringify(text);
}
