/** Every way in which a loader of kind sql keeps rows, with the options that ask for it. */
export const ways = {
  delete_insert: { merge_strategy: 'delete-insert' },
  upsert: { merge_strategy: 'upsert' },
  insert_only: { merge_strategy: 'insert-only' },
  scd2: { merge_strategy: 'scd2' },
  append: { write_disposition: 'append' },
  replace: { write_disposition: 'replace' },
  replace_partitions: { write_disposition: 'replace_partitions' },
} as const;

export type Way = keyof typeof ways;
