import type { ErrorTexts } from './texts.ts';

const unsafe = {
  absolute: 'es una ruta absoluta',
  escape: 'se sale de la carpeta',
  reserved: 'una parte de la ruta es un nombre que algún sistema operativo se reserva',
  characters: 'contiene caracteres que no valen como nombre de archivo en todos los sistemas',
  length: 'es más larga de lo que admiten algunos sistemas de archivos',
};

const indexReason = {
  refused: 'rechaza la conexión',
  silent: 'no responde a tiempo',
  name: 'tiene un nombre que no se encuentra',
  denied: 'no te deja entrar (faltan las credenciales o no son válidas)',
  broken: 'responde con un error',
};

const proxyReason = {
  refused: 'rechaza la conexión',
  silent: 'no responde a tiempo',
  credentials: 'pide credenciales, o no admite las que tiene',
  name: 'tiene un nombre que no se encuentra',
};

export const errorsEs: ErrorTexts = {
  E_BUG: ({ detail }) => ({
    what: `Algo ha fallado dentro de create-kpi-flow: ${detail}`,
    why: 'El error es nuestro, no tuyo. No se ha cambiado nada de lo que tenías.',
    fix: 'Cuéntanoslo con la orden que has ejecutado y el texto de arriba.',
  }),
  E_PATH_UNSAFE: ({ path, reason }) => ({
    what: `No se puede escribir "${path}".`,
    why: `Porque ${unsafe[reason]}.`,
    fix: 'Elige otro nombre.',
  }),
  E_PATH_COLLISION: ({ path, other }) => ({
    what: `"${path}" y "${other}" son el mismo archivo en algunos discos.`,
    why: 'Solo se diferencian en mayúsculas y minúsculas, o en cómo se escribe un acento.',
    fix: 'Cambia el nombre de uno de los dos.',
  }),
  E_FOLDER_NOT_EMPTY: ({ folder, found }) => ({
    what: `La carpeta ${folder} no está vacía: contiene ${listSome(found)}.`,
    why: 'Un repositorio nuevo nunca se mezcla con archivos que ya existen, así que no se ha escrito nada.',
    fix: 'Elige otra carpeta o mueve lo que hay en esta.',
  }),
  E_FOLDER_IS_FILE: ({ folder }) => ({
    what: `${folder} es un archivo.`,
    why: 'El repositorio necesita una carpeta propia.',
    fix: 'Elige otra carpeta.',
  }),
  E_FOLDER_LINK: ({ folder }) => ({
    what: `${folder} es un enlace simbólico.`,
    why: 'Escribir a través de un enlace dejaría los archivos en un sitio que no has nombrado.',
    fix: 'Indica la carpeta a la que apunta el enlace.',
  }),
  E_FOLDER_NOT_WRITABLE: ({ folder }) => ({
    what: `No se puede escribir en ${folder}.`,
    why: 'El sistema dice que no tienes permiso.',
    fix: 'Elige una carpeta tuya o pide permiso a quien administra la máquina.',
  }),
  E_DISK_FULL: ({ folder }) => ({
    what: `El disco se ha llenado al escribir ${folder}.`,
    why: 'Lo que se había escrito se ha borrado.',
    fix: 'Libera espacio o elige una carpeta en otro disco, y repite la misma orden.',
  }),
  E_DISK: ({ folder, detail }) => ({
    what: `El disco ha fallado al escribir ${folder} (${detail}).`,
    why: 'Lo que se había escrito se ha borrado.',
    fix: 'Revisa el disco o elige una carpeta en otro, y repite la misma orden.',
  }),
  E_CUT_RUN_FINISHED: ({ folder }) => ({
    what: `Una ejecución anterior se cortó en ${folder}; su repositorio ya está completo.`,
    why: 'Los archivos estaban listos y solo faltaba moverlos a su sitio. Tus respuestas nuevas no se han usado.',
    fix: 'Mira lo que hay. Para empezar de nuevo, vacía la carpeta y repite la orden.',
  }),
  E_COMMAND_UNKNOWN: ({ command, suggestion }) => ({
    what: `No existe la orden "${command}".`,
    why: 'Las órdenes son create, doctor y completion.',
    fix: suggestion ? `¿Querías decir ${suggestion}?` : 'Consulta --help.',
  }),
  E_FLAG_UNKNOWN: ({ flag, suggestion }) => ({
    what: `No existe la opción ${flag}.`,
    why: 'Pasar por alto una opción mal escrita podría hacer algo que no quieres.',
    fix: suggestion ? `¿Querías decir ${suggestion}?` : 'Consulta --help.',
  }),
  E_FLAG_VALUE_MISSING: ({ flag }) => ({
    what: `La opción ${flag} necesita un valor.`,
    why: 'Detrás no hay nada, o hay otra opción.',
    fix: `Escríbela así: ${flag}=<valor>.`,
  }),
  E_FLAG_VALUE_UNEXPECTED: ({ flag }) => ({
    what: `La opción ${flag} no lleva valor.`,
    why: 'Con escribirla queda activada.',
    fix: `Escribe solo ${flag}, o --no-${flag.slice(2)} para desactivarla si existe.`,
  }),
  E_ARGUMENT_EXTRA: ({ argument, swallowed }) => ({
    what: `Sobra un argumento: "${argument}".`,
    why: swallowed ? 'npm se queda con las opciones que van antes de -- y solo deja pasar sus valores.' : 'Solo se admite uno: la carpeta.',
    fix: swallowed ? '¿Has olvidado --? Escribe: npm create kpi-flow@latest mi-kpi -- --name "Mi KPI"' : 'Pon entre comillas los textos con espacios.',
  }),
  E_ANSWERS_MISSING: ({ flags, example }) => ({
    what: `Aquí no se puede preguntar y faltan estas respuestas: ${flags.join(', ')}.`,
    why: 'No hay terminal, o es CI, o has usado --yes.',
    fix: `Dalas como opciones: ${example}`,
  }),
  E_ANSWERS_CLASH: ({ flag, other }) => ({
    what: `${flag} y ${other} se contradicen.`,
    why: 'Solo puede valer una de las dos.',
    fix: 'Quita una.',
  }),
  E_TEMPLATE: ({ template, detail }) => ({
    what: `La plantilla ${template} no se puede generar: ${detail}`,
    why: 'El error es nuestro, no tuyo. No se ha escrito nada.',
    fix: 'Cuéntanoslo con la orden que has ejecutado.',
  }),
  E_ANSWER_REFUSED: ({ flag, value, reason, suggestion }) => ({
    what: `${flag} no puede ser ${JSON.stringify(value)}.`,
    why: reason.es,
    fix: suggestion === undefined ? 'Pon otro valor.' : `Por ejemplo: ${flag} ${JSON.stringify(suggestion)}`,
  }),
  E_ANSWER_CHOICE: ({ flag, value, choices, suggestion }) => ({
    what: `${flag} no puede ser ${JSON.stringify(value)}.`,
    why: `Solo puede ser: ${choices.join(', ')}.`,
    fix: suggestion === undefined ? 'Elige una de las opciones.' : `¿Querías decir ${flag} ${suggestion}?`,
  }),
  E_LANGUAGE_NOT_YET: ({ language }) => ({
    what: `Todavía no se pueden crear repositorios en ${language}.`,
    why: 'Están en camino; por ahora solo hay Python.',
    fix: 'Usa --language python.',
  }),
  E_STAGE_NAME_TAKEN: ({ name }) => ({
    what: `Dos etapas se llamarían "${name}".`,
    why: 'Cada etapa es un archivo, una función y una tarea: su nombre no puede repetirse.',
    fix: 'Cambia --id o --inputs para que los nombres sean distintos.',
  }),
  E_PYTHON_MISSING: ({ asked, storeAlias }) => ({
    what: 'No hay Python en este equipo.',
    why: storeAlias
      ? 'El único "python" que hay es un acceso directo de Windows que abre la tienda.'
      : `He probado, en este orden: ${asked.join(', ')}. Ninguno responde como Python.`,
    fix: 'Instala Python 3.11 o posterior, o indica cuál usar en KPI_FLOW_PYTHON.',
  }),
  E_PYTHON_OLD: ({ path, version }) => ({
    what: `Python ${version} es demasiado antiguo.`,
    why: `${path} es el más reciente que hay, y aquí Prefect necesita Python 3.11 o posterior.`,
    fix: 'Instala Python 3.11 o posterior, o indica cuál usar en KPI_FLOW_PYTHON.',
  }),
  E_PYTHON_INCOMPLETE: ({ path, module }) => ({
    what: `${path} no puede crear entornos: le falta el módulo "${module}".`,
    why: 'Algunos sistemas reparten Python en varios paquetes y no instalan ese.',
    fix: 'Instala el paquete que falta (en Debian y Ubuntu: apt install python3-venv) o instala uv, que no lo necesita.',
  }),
  E_INDEX_UNREACHABLE: ({ index, reason }) => ({
    what: `El índice de paquetes ${index} ${indexReason[reason]}.`,
    why: 'De ahí salen los paquetes de Python, según tu configuración de pip y uv.',
    fix: 'Revisa la red y el índice que usa tu empresa (pip config list; UV_DEFAULT_INDEX) y vuelve a ejecutar la orden. "kpi-flow doctor" revisa capa por capa.',
  }),
  E_INDEX_LACKS: ({ requirement, index }) => ({
    what: `El índice de paquetes no tiene ninguna versión de ${requirement} que sirva.`,
    why: `${index} responde, pero sin una versión para este Python y este sistema.`,
    fix: 'Pide a quien lleva el índice que la añada, o apunta pip y uv a otro que la tenga.',
  }),
  E_CERTIFICATE_UNKNOWN: ({ host }) => ({
    what: `Este equipo no confía en el certificado de ${host}.`,
    why: 'Lo firma una autoridad que este equipo no conoce; pasa a menudo con los proxies de empresa que inspeccionan el tráfico.',
    fix: 'Consigue el certificado de esa autoridad en un archivo .pem y ponlo en SSL_CERT_FILE y PIP_CERT. No desactives la comprobación.',
  }),
  E_PROXY: ({ proxy, reason }) => ({
    what: `El proxy ${proxy} ${proxyReason[reason]}.`,
    why: 'HTTP_PROXY, HTTPS_PROXY o tu configuración de pip envían el tráfico por él.',
    fix: 'Corrige la dirección o las credenciales en ese ajuste, o añade el índice a NO_PROXY.',
  }),
  E_INSTALL_FAILED: ({ tool, detail }) => ({
    what: `${tool} no ha podido instalar los paquetes de Python.`,
    why: detail,
    fix: 'Ejecuta "kpi-flow doctor" para ver qué capa lo impide y vuelve a instalar.',
  }),
  E_INSTALL_SLOW: ({ tool, seconds }) => ({
    what: `He parado ${tool} a los ${seconds} s.`,
    why: 'Los paquetes no estaban instalados todavía. El índice responde, pero despacio.',
    fix: 'Vuelve a ejecutarlo (lo ya descargado se conserva) o dale más tiempo con KPI_FLOW_INSTALL_TIMEOUT (segundos).',
  }),
  E_PREFECT_MISSING: ({ python }) => ({
    what: 'Prefect no está instalado.',
    why: `${python} no puede importarlo.`,
    fix: 'Instala el entorno del repositorio: uv sync, o python -m venv .venv y pip install -e .',
  }),
  E_PREFECT_OLD: ({ found, needed }) => ({
    what: `Prefect ${found} es demasiado antiguo.`,
    why: `El repositorio está probado a partir de la versión ${needed}.`,
    fix: `Actualízalo: pip install --upgrade "prefect>=${needed}"`,
  }),
  E_PREFECT_UNREACHABLE: ({ url, detail }) => ({
    what: `La API de Prefect en ${url} no responde.`,
    why: detail,
    fix: 'Revisa PREFECT_API_URL (prefect config view) y que el servidor esté en marcha: prefect server start',
  }),
  E_PREFECT_START: ({ seconds, detail }) => ({
    what: `El servidor de Prefect no ha arrancado en ${seconds} s.`,
    why: detail,
    fix: 'Vuelve a intentarlo; si sigue igual, "kpi-flow doctor" revisa capa por capa.',
  }),
  E_PREFECT_COMMAND: ({ command, detail }) => ({
    what: `"${command}" ha fallado.`,
    why: detail,
    fix: 'Lee las líneas de arriba: son del propio Prefect.',
  }),
  E_PORT_TAKEN: ({ port }) => ({
    what: `El puerto ${port} está ocupado.`,
    why: 'Otro programa de este equipo escucha en él.',
    fix: 'Cierra ese programa o elige otro puerto.',
  }),
  E_FLOW_RUN: ({ name, state, detail }) => ({
    what: `La ejecución ${name} ha terminado en estado ${state}.`,
    why: detail,
    fix: 'Ábrela en Prefect: el registro de la tarea que ha fallado dice dónde.',
  }),
  E_DEMO_DIFFERS: ({ ours, reference }) => ({
    what: `El KPI da ${ours} y la referencia independiente da ${reference}.`,
    why: 'El flujo se ha ejecutado, pero su valor no coincide con el recuento directo de los registros originales.',
    fix: 'Compara el SQL y las funciones de docs/examples con lo que deberían contar.',
  }),
};

/** The first few of a list, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} y ${names.length - 5} más` : shown;
}
