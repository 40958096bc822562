import { here } from './context.ts';
import { ConfigurationError } from './errors.ts';
import { currentWorld } from './engine/world.ts';
import type { Api } from './ports.ts';
import { relatedToRun } from './related.ts';
import type { Json } from './types.ts';

async function api(): Promise<Api> {
  return (here().flowScope?.world ?? (await currentWorld())).api;
}

/** Prefect's variables: small values that people change on the server. */
export const Variable = {
  /** The value, or what is given for the case that there is none. */
  async get<T extends Json = Json>(name: string, fallback?: T): Promise<T | undefined> {
    return ((await (await api()).readVariable(name)) as T | undefined) ?? fallback;
  },
  async set(
    name: string,
    value: Json,
    options: { readonly tags?: readonly string[]; readonly overwrite?: boolean } = {},
  ): Promise<void> {
    if (!/^[a-z0-9_-]{1,255}$/.test(name))
      throw new ConfigurationError(
        `The variable name '${name}' may hold lower case letters, digits, dashes and underscores only.`,
      );
    await (await api()).writeVariable(name, value, { tags: options.tags ?? [], overwrite: options.overwrite ?? false });
  },
  async unset(name: string): Promise<boolean> {
    return (await api()).deleteVariable(name);
  },
};

/** A secret that the server keeps in a block. It is read when it is used, and shows itself to nobody who prints it. */
export class Secret {
  readonly #value: Json;
  private constructor(value: Json) {
    this.#value = value;
  }

  static async load(name: string): Promise<Secret> {
    const data = await (await api()).readBlock('secret', name, relatedToRun(here()));
    if (data === undefined)
      throw new ConfigurationError(
        `There is no secret block named '${name}'. Make one in Prefect under Blocks, of type Secret.`,
      );
    return new Secret(data['value'] ?? null);
  }

  get(): Json {
    return this.#value;
  }

  toString(): string {
    return 'Secret(****)';
  }

  toJSON(): string {
    return '****';
  }
}
