/** The cases of Prefect's own suite that this runtime is held to, by their names there without `test_`. */
export const cases: Readonly<Record<string, string>> = {
  'Flow basics':
    'basic with_params with_param_validation_failure param_validation_failure_sets_start_and_end_time flow_run_name flow_ends_in_completed flow_ends_in_failed start_updates_empirical_policy_on_provided_flow_run call_with_return_state_true call_coerces_parameter_types final_state_reflects_exceptions_during_run final_state_respects_returned_state flow_state_reflects_returned_task_run_state flow_state_reflects_returned_multiple_task_run_states flow_can_end_in_cancelled_state flow_state_with_cancelled_tasks_has_cancelled_state',
  'Flow names, timeouts, logs':
    'sets_run_name_with_params_including_defaults sets_run_name_with_function sets_run_name_once sync_flow_string_template_name_set_before_running flows_fail_with_timeout timeout_only_applies_if_exceeded timeout_stops_execution_after_await_for_async_flows user_timeout_is_not_hidden user_logs_are_sent_to_orion logs_are_given_correct_id',
  'Flow retries':
    'flow_retry_with_error_in_flow flow_retry_with_error_in_flow_and_successful_task flow_retry_with_no_error_in_flow_and_one_failed_task flow_retry_with_error_in_flow_and_one_failed_task_with_retries_cannot_exceed_retries flow_retry_with_error_in_flow_and_one_successful_child_flow parent_flow_retries_failed_child_flow_with_retries',
  Subflows:
    'subflow_relationship_tracking subflow_with_one_upstream_task_future subflow_with_invalid_parameters_fails_parent sync_reattaches_to_existing_subflow_when_parent_task_run_is_running sets_return_value_when_parent_task_run_is_final direct_subflow_keeps_stable_key_for_retry_optimisation',
  'Task basics':
    'task_ends_in_failed_after_retrying task_run_states task_run_states_with_equal_timestamps task_tracks_nested_parent_as_dependency sync_task_sets_start_time_on_running sync_task_sets_end_time_on_failed_timedout sync_tasks_have_correct_total_run_time_with_retries sync_task_run_counts state_attributes_are_denormalized_sync_failure return_state_even_on_failure run_name_from_kwarg',
  'Task retries and timeouts':
    'task_respects_retry_count task_only_uses_necessary_retries task_passes_failed_state_to_retry_fn sync_task_respects_retry_delay_seconds task_retries_with_explicit_failed_state global_task_retry_config timeout_sync_task timeout_async_task',
  'Futures, submit, map':
    'raises_outside_of_flow task_failure_does_not_affect_flow downstream_does_not_run_if_upstream_fails downstream_receives_exception_if_upstream_fails_and_allow_failure raises_if_depends_on_itself simple_map map_can_take_future_as_input missing_iterable_argument mismatching_input_lengths unmapped_iterable map_preserves_dependencies_between_futures_all_mapped_children result_fail_fast result_preserves_order as_completed_with_timeout',
  'Graph inputs':
    'task_inputs_no_upstreams task_inputs_one_upstream_keyword_future task_inputs_nested_upstream_futures task_inputs_result_upstream task_inputs_subflow_upstream task_inputs_collection_result_upstream backend_task_inputs_includes_wait_for_tasks',
  'Cache, results, transactions':
    'repeated_task_call_within_flow_is_cached_by_default cache_hits_between_flows_are_cached cache_key_hits_with_past_expiration_are_not_cached cache_misses_w_refresh_cache cache_key_fn_takes_precedence_over_cache_policy flow_parameter_caching error_handling_on_cache_policies task_transitions_to_rolled_back_on_transaction_rollback txns_dont_commit_on_exception txns_auto_commit_in_eager',
  Hooks:
    'on_failure_hooks_dont_run_on_retries other_failure_hooks_run_if_a_hook_fails on_failure_hooks_run_on_bad_parameters on_cancellation_hook_called_on_sigterm_when_cancel_intent_is_set on_crashed_hook_called_on_sigterm_without_intent on_crashed_hooks_remain_engine_owned_with_env_var_false',
  'Process control':
    'runner_managed_subprocesses_skip_child_owned_cancellation_state_writes top_level_non_runner_flows_force_cancellation_state_writes negotiates_and_acknowledges_receipt_from_real_subprocess first_terminal_message_wins_real_process_race new_engine_falls_back_to_old_supervisor_without_delaying_intent reports_orchestration_abort_without_state intent_exits_zero_on_termination_signal heartbeat_emits_event_sync heartbeat_seconds_property_clamps_low_values lease_renewal_sync tag_concurrency_is_taken_prior_to_running_state tag_concurrency_does_not_create_limits',
  'Pause and suspend':
    'paused_flows_can_be_resumed paused_flows_fail_if_not_resumed paused_flows_can_receive_input suspending_flow_run_without_deployment_fails suspended_flow_run_has_correct_state',
};

/** How the groups are called in Spanish. */
export const groupsInSpanish: Readonly<Record<string, string>> = {
  'Flow basics': 'Lo básico de los flows',
  'Flow names, timeouts, logs': 'Nombres, tiempos límite y logs de los flows',
  'Flow retries': 'Reintentos de los flows',
  Subflows: 'Subflows',
  'Task basics': 'Lo básico de las tasks',
  'Task retries and timeouts': 'Reintentos y tiempos límite de las tasks',
  'Futures, submit, map': 'Futuros, submit y map',
  'Graph inputs': 'Aristas del grafo',
  'Cache, results, transactions': 'Caché, resultados y transacciones',
  Hooks: 'Hooks',
  'Process control': 'Control del proceso',
  'Pause and suspend': 'Pausar y suspender',
};

/** Cases that mean something a little different here, and what. */
export const remarks: Readonly<Record<string, { readonly en: string; readonly es: string }>> = {
  raises_if_depends_on_itself: {
    en: 'found in deeper circles too, not only in a run that waits for itself',
    es: 'se detecta también en círculos más largos, no solo en una ejecución que se espera a sí misma',
  },
  timeout_sync_task: {
    en: 'JavaScript cannot stop a function that never lets go: the task is told by `runtime.signal`, and its run is over',
    es: 'JavaScript no puede parar una función que no cede nunca: la task se entera por `runtime.signal`, y su ejecución ha terminado',
  },
  flow_retry_with_error_in_flow_and_successful_task: {
    en: 'as in Prefect, only a persisted result is taken again',
    es: 'como en Prefect, solo se reutiliza un resultado guardado',
  },
  call_coerces_parameter_types: {
    en: 'by the Standard Schema that `parameters` names',
    es: 'con el Standard Schema que se da en `parameters`',
  },
  flow_state_reflects_returned_task_run_state: {
    en: 'a returned future gives its value to the caller, and its state to the run',
    es: 'un futuro devuelto da su valor a quien llama, y su estado a la ejecución',
  },
};
