import type { Bilingual } from '../errors/bilingual.ts';

/** Where a lake can lie besides a folder: the form of its address, and what opens it. */
export interface LakeStore {
  readonly name: string;
  readonly address: string;
  /** How its keys begin. */
  readonly prefix: string;
  /** The keys of a new source in config.yaml, in the words of the store's own tools, each with the end of its variable. */
  readonly keys: Readonly<Partial<Record<LakeKey, string>>>;
  /** What a repository of pandas must list. */
  readonly pandas?: readonly string[];
  /** How its addresses begin in a TypeScript repository, and what package.json must list. */
  readonly typescript: { readonly schemes: readonly string[]; readonly packages: readonly string[] };
}

/** What config.yaml may say of a lake besides its address. */
export type LakeKey =
  | `aws_${'region' | 'endpoint_url' | 'access_key_id' | 'secret_access_key' | 'session_token'}`
  | `azure_storage_${'account_name' | 'endpoint' | 'account_key' | 'sas_token' | 'tenant_id' | 'client_id' | 'client_secret'}`
  | `google_service_account${'' | '_key'}`;

/** Every store, by the name that it is chosen by. Packages of npm are held to the last version that runs on Node 20, which repositories support. */
export const lakeStores: Readonly<Record<string, LakeStore>> = {
  s3: { name: 'S3', address: 's3://bucket/folder', prefix: 'aws_', keys: { aws_region: 'region', aws_access_key_id: 'access_key_id', aws_secret_access_key: 'secret_access_key' }, typescript: { schemes: ['s3'], packages: ['@aws-sdk/client-s3@~3.1175.0'] } },
  azure: { name: 'Azure Blob Storage', address: 'az://container/folder', prefix: 'azure_', keys: { azure_storage_account_name: 'account_name', azure_storage_account_key: 'account_key' }, typescript: { schemes: ['az', 'abfs', 'abfss'], packages: ['@azure/identity@4.13.1', '@azure/storage-blob@~12.32.0'] } },
  gcs: { name: 'Google Cloud Storage', address: 'gs://bucket/folder', prefix: 'google_', keys: { google_service_account: 'service_account' }, pandas: ['gcsfs>=2025.9'], typescript: { schemes: ['gs'], packages: ['@google-cloud/storage@~7.22.0'] } },
};

/** A key of a source with the variable that it is read from. */
export interface StoreKey {
  readonly key: string;
  readonly variable: string;
  /** What it is, for .env.example. */
  readonly comment: Bilingual;
}

/** The keys of a new source in a store: none in a folder. */
export function storeKeys(source: string, store: string): StoreKey[] {
  return Object.entries(lakeStores[store]?.keys ?? {}).map(([key, end]) => ({ key, variable: `${source}_${end}`.toUpperCase(), comment: { en: `${key} of the source ${source}`, es: `${key} del origen ${source}` } }));
}

/** The module of src/core by which a TypeScript repository reaches a store. */
export const storeModule = (store: string): string => `src/core/lake-${store}.ts`;

/** The store that the keys of a source are for; a folder where it has none. */
export function storeOf(keys: readonly string[]): string {
  return Object.entries(lakeStores).find(([, { prefix }]) => keys.some((key) => key.startsWith(prefix)))?.[0] ?? 'folder';
}
