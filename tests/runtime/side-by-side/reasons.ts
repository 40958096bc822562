/** Why a field is not the same, for every field that is not. */
export interface Reason {
  readonly fields: RegExp;
  readonly why: string;
}

export const reasons: readonly Reason[] = [
  { fields: /max_retries$|retry_delay_seconds$/, why: 'Two fields that Prefect keeps for servers before 3.0 are not sent' },
  { fields: /cache_key$|cache_expiration$/, why: "The key that a kept result is found by stands on its state; Prefect's engine no longer fills it" },
  { fields: /data\.(?:prefect_version|storage_key)$/, why: 'A kept result says where it lies within the storage folder, not on the disk of one machine' },
  { fields: /untrackable_result$/, why: 'A number, a string or nothing cannot be found again by identity; in Python that is so of small whole numbers, booleans and None, also within a list' },
  { fields: /state_details\.deferred$/, why: 'A field that says nothing is left to its default' },
  { fields: /(?:add up|NotReady).*(?:message|line)$/, why: 'A run that could not start names the one that it waited for' },
  { fields: /(?:extract|fails).*(?:message|line)$/, why: 'Errors bear the names, and are written in the way, of their language' },
  { fields: /^artifact .*\.data$/, why: 'JSON is written without blanks' },
  { fields: /idempotency_key$|job_variables$/, why: 'A run is made with a key, so that a request whose answer was lost can be made again without a second run; of such a run the server keeps no empty job variables' },
  { fields: /^subflow\.parameters/, why: 'The parameters of a subflow are what its futures came to' },
];
