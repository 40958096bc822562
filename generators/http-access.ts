import type { ConfigField } from '../src/config/edit-config.ts';
import type { KindVariable, StageItem } from '../src/generate/define-stage.ts';
import type { KindOption } from '../src/generate/kind-options.ts';
import { namedChoice } from '../src/generate/kind-options.ts';

/** What lets in to a service over HTTP, and the variables that it takes. */
const secretsOf: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  bearer: [['token', 'token', 'token']],
  api_key: [['api_key', 'key', 'clave']],
  http_basic: [
    ['username', 'user', 'usuario'],
    ['password', 'password', 'contraseña'],
  ],
  oauth2_client_credentials: [
    ['token_url', 'address of the tokens', 'dirección de los tokens'],
    ['client_id', 'client id', 'id de cliente'],
    ['client_secret', 'client secret', 'secreto de cliente'],
  ],
};

export const secretVariables = ({ source, options }: StageItem): KindVariable[] =>
  (secretsOf[options['auth'] ?? ''] ?? []).map(([key, en, es]) => ({
    name: `${source?.name ?? ''}_${key}`.toUpperCase(),
    comment: { en: `${en} of the source ${source?.name ?? ''}`, es: `${es} del origen ${source?.name ?? ''}` },
  }));

export const authOption: KindOption = {
  key: 'auth',
  label: { en: 'Auth', es: 'Acceso' },
  help: { en: 'How a new source lets in.', es: 'Cómo da acceso un origen nuevo.' },
  ofSource: ({ auth }) => auth,
  choices: [
    namedChoice('none', 'no secret', 'sin secreto'),
    namedChoice('bearer', 'a token', 'un token'),
    namedChoice('api_key', 'a key in a header', 'una clave en una cabecera'),
    namedChoice('http_basic', 'user and password', 'usuario y contraseña'),
    namedChoice('oauth2_client_credentials', 'a token for an id and a secret', 'un token por un id y un secreto'),
  ],
};

/** What stands under a new source about it. */
export const authFields = ({ options }: StageItem): readonly ConfigField[] => (options['auth'] === 'none' ? [] : [{ key: 'auth', value: options['auth'] ?? '' }]);

/** What sends the requests. */
export const httpRequirements: readonly string[] = ['httpx2>=2.13', 'stamina>=26.1'];
