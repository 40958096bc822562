import * as z from 'zod/mini';
import type { Bilingual } from '../src/errors/bilingual.ts';
import { asText, checkedBy, notText, refuse } from '../src/generate/answers/checked.ts';
import type { Checked } from '../src/generate/answers/checked.ts';
import type { Addition } from '../src/generate/define-addition.ts';
import { defineAddition } from '../src/generate/define-addition.ts';
import { field } from '../src/generate/define-generator.ts';
import type { NotificationInput } from '../src/generate/plan-notification.ts';
import { planNotification } from '../src/generate/plan-notification.ts';

const say = (en: string, es: string): Bilingual => ({ en, es });

/** Each has a template of its name. */
const kinds = [
  { value: 'failed', label: say('failed: a run failed or took too long', 'failed: una ejecución falló o tardó demasiado') },
  { value: 'crashed', label: say('crashed: a run was cut short, by its machine or for memory', 'crashed: una ejecución se cortó, por su máquina o por memoria') },
  { value: 'late', label: say('late: a run should have begun and has not', 'late: una ejecución tenía que haber empezado y no lo ha hecho') },
  { value: 'missed', label: say('missed: the last whole period misses the target', 'missed: el último periodo completo incumple el objetivo') },
  { value: 'stale', label: say('stale: the newest data is too old', 'stale: el dato más nuevo es demasiado viejo') },
];

const channels = [
  { value: 'webhook', label: say('webhook: any address, with JSON', 'webhook: cualquier dirección, con JSON') },
  { value: 'slack', label: say('slack: an incoming webhook of Slack', 'slack: un webhook entrante de Slack') },
  { value: 'teams', label: say('teams: a workflow of Microsoft Teams', 'teams: un flujo de trabajo de Microsoft Teams') },
  { value: 'email', label: say('email: through SendGrid', 'email: por SendGrid') },
  { value: 'smtp', label: say('smtp: e-mail, through a mail server of yours', 'smtp: correo electrónico, por un servidor propio') },
];

const name = checkedBy((raw): Checked<string> => {
  const text = asText(raw) ?? '';
  return /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(text) && text.length <= 40
    ? { value: text }
    : refuse('Small letters, digits, single hyphens and underscores, up to 40.', 'Minúsculas, cifras, guiones y guiones bajos sueltos, hasta 40.', 'on-call');
});

const channel = checkedBy((raw): Checked<string> => {
  const text = asText(raw) || 'webhook';
  return channels.some(({ value }) => value === text) ? { value: text } : notText;
});

const block = checkedBy((raw): Checked<string> => {
  const text = asText(raw) ?? '';
  if (text === '') return { value: 'kpi-alerts' };
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= 60
    ? { value: text }
    : refuse('Small letters, digits and single hyphens, up to 60, as Prefect names blocks.', 'Minúsculas, cifras y guiones sueltos, hasta 60, como nombra Prefect los bloques.', 'kpi-alerts');
});

/** The generator of automations: who is told, and of what. */
export const notification: Addition = defineAddition<NotificationInput>({
  name: 'notification',
  summary: say('A Prefect automation that tells somebody, as a file', 'Una automatización de Prefect que avisa a alguien, como archivo'),
  kinds,
  input: () => z.strictObject({
    name: field(name, {
      label: say('Name', 'Nombre'),
      help: say('Names the file in automations.', 'Da nombre al archivo de automations.'),
      positional: true,
      required: true,
      placeholder: 'name',
      initial: () => undefined,
    }),
    kind: field(z.enum(kinds.map(({ value }) => value) as [string, ...string[]]), {
      label: say('Kind', 'Tipo'),
      help: say('What it waits for.', 'Qué espera.'),
      choices: kinds,
      positional: true,
      required: true,
      initial: () => kinds[0]?.value,
    }),
    channel: field(channel, {
      label: say('Channel', 'Canal'),
      help: say('Where it is told; webhook unless it is given.', 'Por dónde se avisa; si no se da, webhook.'),
      choices: channels,
      positional: true,
      placeholder: 'channel',
      initial: () => 'webhook',
    }),
    block: field(block, {
      label: say('Block', 'Bloque'),
      help: say('The name of the block of Prefect that sends, kpi-alerts unless it is given. Its address and keys stay in Prefect.', 'El nombre del bloque de Prefect que envía; si no se da, kpi-alerts. Su dirección y sus claves están solo en Prefect.'),
      placeholder: 'name',
      flagOnly: true,
      initial: () => 'kpi-alerts',
    }),
  }),
  plan: (input, state, { force }) => planNotification(input, state, force),
});
