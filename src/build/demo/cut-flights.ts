/** One flight as the published data set has it. */
interface PublishedFlight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const header = 'flight_id,departed_at,delay_minutes,distance_miles,origin,origin_state,destination';

/**
 * Makes the example's table from the two published files: every flight is kept, in the published order,
 * and gets a number and the state of its origin. Nothing is dropped or mended, so that a share counted
 * over the cut is the share of the published records.
 */
export function cutFlights(flightsJson: string, airportsCsv: string): string {
  const flights = JSON.parse(flightsJson) as readonly PublishedFlight[];
  const states = readStates(airportsCsv);
  const rows = flights.map((flight, index) => toRow(flight, index, states));
  return `${[header, ...rows].join('\n')}\n`;
}

function toRow(flight: PublishedFlight, index: number, states: ReadonlyMap<string, string>): string {
  const state = states.get(flight.origin);
  if (state === undefined) throw new Error(`flight ${index + 1}: no airport is called ${flight.origin}`);
  const id = `F${String(index + 1).padStart(4, '0')}`;
  const departedAt = `${flight.date.replaceAll('/', '-')}:00`;
  return [id, departedAt, flight.delay, flight.distance, flight.origin, state, flight.destination].join(',');
}

function readStates(airportsCsv: string): ReadonlyMap<string, string> {
  const lines = airportsCsv.split(/\r?\n/u).slice(1).filter((line) => line !== '');
  return new Map(lines.map((line) => splitCells(line)).map(([iata = '', , , state = '']) => [iata, state]));
}

/** The airports' names carry commas, so a plain split would move the columns. */
function splitCells(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"(?<quoted>[^"]*)"|(?<plain>[^,]*))/gu), ({ groups }) => groups?.['quoted'] ?? groups?.['plain'] ?? '');
}
