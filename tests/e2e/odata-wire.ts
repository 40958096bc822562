import type { ServerResponse } from 'node:http';
import type { Refused } from './odata-filter.ts';

export type Version = 2 | 4;

/** One entity: a property of each type that there is. */
export interface Delivery {
  readonly RecordId: string;
  /** An instant. */
  readonly OccurredAt: string;
  /** A local moment. */
  readonly PostedAt: string;
  /** A day as SAP's tables have it: 20260105. */
  readonly Day: string;
  readonly Channel: string;
  /** A decimal of fifteen digits, three of them after the point. */
  readonly Amount: string;
  /** More than a float has room for. */
  readonly Number: bigint;
  readonly Weight: number;
  readonly IsOpen: boolean;
  readonly Uuid: string;
  readonly Clock: string;
  readonly Note: string | null;
}

export const setName = 'Deliveries';

/** The types of V2 and of V4; V4 has no local moments, so that one is a day there. */
const types: Readonly<Record<keyof Delivery, readonly [string, string]>> = {
  RecordId: ['Edm.String', 'Edm.String'],
  OccurredAt: ['Edm.DateTimeOffset', 'Edm.DateTimeOffset'],
  PostedAt: ['Edm.DateTime', 'Edm.Date'],
  Day: ['Edm.String', 'Edm.String'],
  Channel: ['Edm.String', 'Edm.String'],
  Amount: ['Edm.Decimal', 'Edm.Decimal'],
  Number: ['Edm.Int64', 'Edm.Int64'],
  Weight: ['Edm.Double', 'Edm.Double'],
  IsOpen: ['Edm.Boolean', 'Edm.Boolean'],
  Uuid: ['Edm.Guid', 'Edm.Guid'],
  Clock: ['Edm.Time', 'Edm.TimeOfDay'],
  Note: ['Edm.String', 'Edm.String'],
};

export function typeOf(name: string, version: Version): string | undefined {
  return Object.hasOwn(types, name) ? types[name as keyof Delivery][version === 2 ? 0 : 1] : undefined;
}

export function metadataOf(version: Version): string {
  const mode = version === 2 ? '<Property Name="ODQ_CHANGEMODE" Type="Edm.String"/>' : '';
  const properties = Object.keys(types).map((name) => `<Property Name="${name}" Type="${typeOf(name, version)}"${name === 'Amount' ? ' Precision="15" Scale="3"' : ''}/>`);
  const body = `<EntityType Name="DeliveryType"><Key><PropertyRef Name="RecordId"/></Key>${properties.join('')}${mode}</EntityType>
<EntityType Name="OrderType"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String"/><Property Name="Items" Type="Collection(Edm.String)"/></EntityType>
<EntityContainer Name="Service_Entities"><EntitySet Name="${setName}" EntityType="SERVICE.DeliveryType"/><EntitySet Name="Orders" EntityType="SERVICE.OrderType"/></EntityContainer>`;
  if (version === 2)
    return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<edmx:DataServices m:DataServiceVersion="2.0"><Schema Namespace="SERVICE" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">${body}</Schema></edmx:DataServices></edmx:Edmx>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="SERVICE" xmlns="http://docs.oasis-open.org/odata/ns/edm">${body}</Schema></edmx:DataServices></edmx:Edmx>`;
}

const ticks = (iso: string): number => Date.parse(iso.endsWith('Z') ? iso : `${iso}Z`);

/** Each value as its version writes it: V2 has long numbers and decimals as text, and moments in milliseconds. */
export function write(record: Delivery, version: Version, select: string | null, language?: string | string[]): Readonly<Record<string, unknown>> {
  const { OccurredAt, PostedAt, Clock, Amount, Number: whole, Channel, ...rest } = record;
  const text = language === 'ES' ? 'tienda ñ 😀' : Channel;
  const written: Readonly<Record<string, unknown>> =
    version === 2
      ? { ...rest, ODQ_CHANGEMODE: '', Channel: text, OccurredAt: `/Date(${ticks(OccurredAt) + 60 * 60_000}+0060)/`, PostedAt: `/Date(${ticks(PostedAt)})/`, Clock: `PT${Clock.slice(0, 2)}H${Clock.slice(3, 5)}M${Clock.slice(6)}S`, Amount, Number: String(whole), Weight: String(rest.Weight) }
      : { ...rest, Channel: text, OccurredAt, PostedAt: PostedAt.slice(0, 10), Clock, Amount: raw(Amount), Number: raw(String(whole)) };
  const names = select === null ? Object.keys(written) : select.split(',');
  const chosen = Object.fromEntries(names.map((name) => [name, written[name]]));
  return version === 2 ? { __metadata: { type: 'SERVICE.DeliveryType', uri: `${setName}('${record.RecordId}')` }, ...chosen } : chosen;
}

/** A number with all its digits: JSON has room for them, JavaScript's own numbers have not. */
const raw = (number: string): string => `@raw:${number}`;

/** The text of an answer, with its raw numbers. */
export function jsonOf(body: object): string {
  return JSON.stringify(body).replaceAll(/"@raw:([^"]*)"/g, '$1');
}

export function answerError(response: ServerResponse, version: Version, { status, code, message, form }: Refused): void {
  const json = version === 2 ? { error: { code, message: { lang: 'en', value: message }, innererror: { transactionid: '0' } } } : { error: { code, message } };
  const bodies = {
    json: ['application/json', JSON.stringify(json)],
    xml: ['application/xml', `<?xml version="1.0" encoding="utf-8"?><error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><code>${code}</code><message xml:lang="en">${message}</message></error>`],
    html: ['text/html', `<html><head><title>${message}</title></head></html>`],
  } as const;
  response.writeHead(status, { 'content-type': bodies[form][0] }).end(bodies[form][1]);
}
