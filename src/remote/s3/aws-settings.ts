/**
 * What the environment says about AWS: credentials, region and endpoint, from the variables that every program of AWS
 * reads and from `~/.aws/credentials` and `~/.aws/config`, as far as these state them directly (no roles, no sign-on: what
 * gets such credentials can put them into the variables).
 */
import { parse } from 'ini';
import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Section = Readonly<Record<string, string>>;
type World = Pick<Environment, 'disk' | 'variables' | 'homeDirectory'>;

export class AwsSettings {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Read anew with each call: files with passing credentials are written again. Throws `denied` where there are none. */
  credentials(): AwsCredentials {
    const { variables } = this.#world;
    const fromVariables = credentialsIn(
      variables['AWS_ACCESS_KEY_ID'],
      variables['AWS_SECRET_ACCESS_KEY'],
      variables['AWS_SESSION_TOKEN'],
    );
    if (fromVariables) return fromVariables;
    for (const section of [this.#section('credentials'), this.#section('config')]) {
      const found = credentialsIn(
        section['aws_access_key_id'],
        section['aws_secret_access_key'],
        section['aws_session_token'],
      );
      if (found) return found;
    }
    throw new DoltError(
      'denied',
      `there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put aws_access_key_id and ` +
        `aws_secret_access_key under [${this.#profile()}] in ${this.#path('credentials') ?? '~/.aws/credentials'}`,
    );
  }

  region(): string | undefined {
    const { variables } = this.#world;
    return variables['AWS_REGION'] || variables['AWS_DEFAULT_REGION'] || this.#section('config')['region'] || undefined;
  }

  endpoint(): string | undefined {
    const { variables } = this.#world;
    if (variables['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return undefined;
    const fromVariables = variables['AWS_ENDPOINT_URL_S3'] || variables['AWS_ENDPOINT_URL'];
    return fromVariables || this.#section('config')['endpoint_url'] || undefined;
  }

  #profile(): string {
    return this.#world.variables['AWS_PROFILE'] || 'default';
  }

  #path(file: 'credentials' | 'config'): string | undefined {
    const { variables, homeDirectory } = this.#world;
    const told = variables[file === 'config' ? 'AWS_CONFIG_FILE' : 'AWS_SHARED_CREDENTIALS_FILE'];
    // DOLT_ROOT_PATH moves Dolt's own files only.
    const home = variables['HOME'] ?? homeDirectory;
    return told || (home === undefined ? undefined : `${home}/.aws/${file}`);
  }

  #section(file: 'credentials' | 'config'): Section {
    const path = this.#path(file);
    const bytes = path === undefined ? undefined : this.#world.disk.readFile(path);
    if (!bytes) return {};
    const profile = this.#profile();
    const name = file === 'config' && profile !== 'default' ? `profile ${profile}` : profile;
    // A dot in a section's name would make a section within one.
    const text = new TextDecoder().decode(bytes).replace(/^\[.*\]\s*$/gm, (line) => line.replaceAll('.', '\\.'));
    const section: unknown = parse(text)[name];
    return typeof section === 'object' && section !== null ? (section as Section) : {};
  }
}

function credentialsIn(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
