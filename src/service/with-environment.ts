import { DoltError } from '../base/errors.ts';

/**
 * Puts environment variables into the text of a configuration file, as Dolt does: `${NAME}` is its value, `$$` a dollar.
 * Throws `invalid` for one that is not set.
 */
export function withEnvironment(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$(\$|\{([^}]*)\}?)/g, (whole, _inner: string, name: string | undefined) => {
    if (name === undefined) return '$';
    if (!whole.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name)) {
      throw new DoltError('invalid', `the configuration has '${whole}', which names no environment variable`);
    }
    const value = variables[name];
    if (!value)
      throw new DoltError('invalid', `the configuration needs the environment variable ${name}, which is not set`);
    return value;
  });
}
