import { PrefectClient } from './client.ts';
import { PrefectServerApi } from './prefect-server-api.ts';
import type { Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { probeVersion } from './versions.ts';

/**
 * The server that the settings name, reached and new enough; undefined when they name none.
 * @throws PrefectSettingsError, PrefectUnreachable, PrefectHttpError, PrefectTooOld
 */
export async function connect(settings: Settings = readSettings()): Promise<PrefectServerApi | undefined> {
  if (settings.apiUrl === null) return undefined;
  const client = new PrefectClient(settings.apiUrl, settings);
  try {
    await probeVersion(client);
    return new PrefectServerApi(client);
  } catch (error) {
    client.close();
    throw error;
  }
}
