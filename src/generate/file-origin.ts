const additions: readonly (readonly [string, RegExp])[] = [
  ['pipeline', /^(?:src\/core\/pipelines\/|prefect_flows\/|tests\/(?:unit|flows)\/(?:test_)?)([a-z][a-z0-9_]*?)(?:_flow|_pipeline)?(?:\.test)?\.(?:py|ts)$/],
  ['notification', /^automations\/([a-z][a-z0-9_-]*)\.yaml$/],
  ['adr', /^docs\/adr\/(\d{4})-[^/]+\.md$/],
];

/** What a file that belongs to no stage comes from: `pipeline weekly` where a generator added it, else the KPI. */
export function originOfFile(path: string, pipelines: ReadonlySet<string>, created: ReadonlySet<string>): string {
  if (created.has(path)) return 'kpi';
  for (const [generator, pattern] of additions) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined && (generator !== 'pipeline' || pipelines.has(name))) return `${generator} ${name}`;
  }
  return 'kpi';
}
