/** Text as a value with its type. */
import type { TypedValue } from '../expressions/session-view.ts';
import { varchar } from '../types/sql-type.ts';

const TYPE = varchar(1024);

export const textValue = (value: string): TypedValue => ({ type: TYPE, value });
