/** What a stage cannot be called in TypeScript, as it is typed: words of the language, and names that its module imports or its test has. */
const words = new Set(
  `accepted_values answer_with any api_pages append arguments array async audit_and_save audits await
  batch_rows batches bigint boolean
  case catch cell_of checked checked_stage class columns columns_for complete_rows config const constructor create_link_artifact create_markdown_artifact create_table_artifact cursor
  database_with date debugger declare default delete delete_insert do
  edms entity_set enum error eval export extends
  false files finally first_of_each fn freshness function
  get global_this globals group_rows
  header_cursor header_link
  implements import in in_range incoming incremental incremental_stage index infinity insert_only instanceof interface intl is
  json json_batches json_link
  kept key
  lake_batches lake_batches_by_contract lake_with let
  map math merge metadata module
  name_of namespace needed never new not_null null number
  object of offset
  package page_number parameters parse_args path pipeline places private process promise properties protected public
  query
  read_api read_json read_lake read_lake_by_contract read_sap read_sap_changes read_sql read_sql_by_contract readonly replace replace_partitions request require resolve return root row row_count row_of rows rows_of runtime
  sap_pages save save_lake scd2 schema send set settings single_page sql sql_batches sql_batches_by_contract stage staged start_of static string sum sum_groups super switch symbol
  table table_like table_of tasks this throw total totals transformers true try type typeof
  undefined unique unknown upsert using_file
  value values var void
  while window_of wire with
  yield
  z`.split(/\s+/),
);

export function isTypescriptWord(name: string): boolean {
  return words.has(name);
}
