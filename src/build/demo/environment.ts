/** What a person may have set for their own repositories: none of it may reach, or be reached by, the demo's. */
const own = /^(?:WAREHOUSE_URL|LAKE_URI|PREFECT_.*|npm_.*|VIRTUAL_ENV|PYTHONHOME|PYTHONPATH)$/u;
/** Of ours only these: every answer to a question of `create` can be a variable too. */
const kept = /^KPI_FLOW_(?:PYTHON|INSTALL_TIMEOUT|LOCALE)$/u;

/** The environment of everything that the demo starts. */
export function demoEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name) && (!name.startsWith('KPI_FLOW_') || kept.test(name))));
}
