/** Why a field is not the same, for every field that is not. */
export interface Reason {
  readonly fields: RegExp;
  readonly why: string;
  /** The same in Spanish. */
  readonly es: string;
}

export const reasons: readonly Reason[] = [
  { fields: /max_retries$|retry_delay_seconds$/, why: 'Two fields that Prefect keeps for servers before 3.0 are not sent', es: 'Dos campos que Prefect conserva para servidores anteriores a 3.0 no se envían' },
  { fields: /cache_key$|cache_expiration$/, why: "The key that a kept result is found by stands on its state; Prefect's engine no longer fills it", es: 'La clave por la que se encuentra un resultado guardado está en su estado; el motor de Prefect ya no la rellena' },
  { fields: /data\.(?:prefect_version|storage_key)$/, why: 'A kept result says where it lies within the storage folder, not on the disk of one machine', es: 'Un resultado guardado dice dónde está dentro de la carpeta de resultados, no en el disco de una máquina' },
  { fields: /untrackable_result$/, why: 'A number, a string or nothing cannot be found again by identity; in Python that is so of small whole numbers, booleans and None, also within a list', es: 'Un número, un texto o nada no se puede volver a encontrar por identidad; en Python ocurre con los enteros pequeños, los booleanos y None, también dentro de una lista' },
  { fields: /state_details\.deferred$/, why: 'A field that says nothing is left to its default', es: 'Un campo que no dice nada se deja en su valor por defecto' },
  { fields: /(?:add up|NotReady).*(?:message|line)$/, why: 'A run that could not start names the one that it waited for', es: 'Una ejecución que no pudo empezar nombra la que esperaba' },
  { fields: /(?:extract|fails).*(?:message|line)$/, why: 'Errors bear the names, and are written in the way, of their language', es: 'Los errores llevan los nombres de su lenguaje, y se escriben como en él' },
  { fields: /^artifact .*\.data$/, why: 'JSON is written without blanks', es: 'El JSON se escribe sin espacios' },
  { fields: /idempotency_key$|job_variables$/, why: 'A run is made with a key, so that a request whose answer was lost can be made again without a second run; of such a run the server keeps no empty job variables', es: 'Una ejecución se crea con una clave, para repetir sin duplicarla una petición cuya respuesta se perdió; de una así el servidor no guarda variables de job vacías' },
  { fields: /^subflow\.parameters/, why: 'The parameters of a subflow are what its futures came to', es: 'Los parámetros de un subflow son el resultado de sus futuros' },
];
