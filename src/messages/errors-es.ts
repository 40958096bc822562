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

const features = {
  anchor: ['Aquí no se admiten anclas (&nombre).', 'Escribe el valor donde haga falta.'],
  alias: ['Aquí no se admiten alias (*nombre).', 'Escribe el propio valor. Un texto que empieza por * necesita comillas.'],
  tag: ['Aquí no se admiten etiquetas (!nombre).', 'Quítala. Un texto que empieza por ! necesita comillas.'],
  directive: ['Aquí no se admiten directivas (líneas que empiezan por %).', 'Quita la línea.'],
  documents: ['El archivo contiene más de un documento.', 'Deja solo uno, sin más líneas con --- o ....'],
  'complex-key': ['Una clave tiene que ser un texto simple.', 'Escríbela como `clave: valor`.'],
  merge: ['Aquí no se admiten claves de fusión (<<).', 'Escribe las claves donde hagan falta.'],
  surrogate: ['Hay un carácter escrito como medio par de escape.', 'Escribe el propio carácter, o \\U con ocho cifras.'],
} as const;

const faults = {
  escape: ['Lo que sigue a la barra invertida no es un escape.', 'Entre comillas dobles, escribe la barra dos veces.'],
  indentation: ['La sangría no encaja con lo de arriba.', 'Pon en la misma columna lo que va junto.'],
  nested: ['Hay un segundo ": " en la línea.', 'Pon el texto entre comillas, o sus claves en líneas aparte.'],
  missing: ['Falta cerrar algo: una comilla, un corchete o un signo de dos puntos.', 'Ciérralo.'],
  unexpected: ['Aquí hay algo que no va aquí.', 'Busca un corchete o una comilla de más, o pon el texto entre comillas.'],
  start: ['Un texto no puede empezar por este carácter si no va entre comillas.', 'Pon el texto entre comillas.'],
  key: ['A la clave le faltan sus dos puntos, o no cabe en una línea.', 'Escribe "clave: valor" en una sola línea.'],
  other: ['No se puede leer como YAML.', 'Compáralo con el ejemplo de docs/.'],
} as const;

const kinds = {
  text: 'un texto',
  number: 'un número',
  integer: 'un número entero',
  boolean: 'true o false',
  list: 'una lista',
  map: 'un grupo de claves',
  nothing: 'nada',
} as const;

const typeFixes = {
  text: 'Ponlo entre comillas si es un texto.',
  number: 'Escribe un número, sin comillas.',
  integer: 'Escribe un número entero, sin comillas.',
  boolean: 'Escribe true o false, sin comillas.',
  list: 'Escribe los elementos entre corchetes: [a, b]',
  map: 'Escribe sus claves debajo, cada una en su línea.',
  nothing: 'Déjalo vacío.',
} as const;

const secrets = { password: 'una contraseña', key: 'una clave de acceso', token: 'un token', 'private-key': 'una clave privada' } as const;

const references = {
  open: 'Hay un "${" sin cerrar.',
  name: 'Entre "${" y "}" no hay el nombre de una variable.',
  form: 'Tras el nombre solo puede ir ":-" con un valor por defecto o ":?" con un mensaje.',
  nested: 'Una referencia no puede ir dentro de otra.',
} as const;

const answerForms = {
  shape: ['no es una respuesta ni una lista de textos.', 'Escribe un valor, o `value:` con `fixed: true` y `why:`, o `default:`.'],
  fixed: ['tiene un "fixed" que no es true ni false.', 'Escribe `fixed: true` o quítalo.'],
  why: ['tiene un "why" que no es un texto.', 'Escribe un texto, o uno para `en:` y otro para `es:`.'],
  both: ['tiene un "default" junto a un "value" o un "fixed".', 'Un "default" deja la pregunta abierta; un "value" la responde.'],
  part: ['tiene una parte que las respuestas no tienen.', 'Las partes son value, fixed, why y default.'],
} as const;

/** `kpi.unit`, o el propio archivo. */
function place(path: string): string {
  return path === '' ? 'El archivo' : `"${path}"`;
}

function meant(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `¿Querías decir "${suggestion}"?`;
}

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
  E_COMMAND_UNKNOWN: ({ command, known, suggestion }) => ({
    what: `No existe la orden "${command}".`,
    why: `Las órdenes son: ${known.join(', ')}.`,
    fix: suggestion ? `¿Querías decir ${suggestion}?` : 'Consulta --help.',
  }),
  E_FLAG_UNKNOWN: ({ flag, command, known, suggestion }) => ({
    what: command === '' ? `No existe la opción ${flag}.` : `${command} no tiene la opción ${flag}.`,
    why: suggestion ? 'Pasar por alto una opción mal escrita podría hacer algo que no quieres.' : `Admite ${known.join(', ')}.`,
    fix: suggestion ? `¿Querías decir ${suggestion}?` : 'Usa una de esas o quítala; --help cuenta más.',
  }),
  E_FLAG_VALUE_MISSING: ({ flag }) => ({
    what: `La opción ${flag} necesita un valor.`,
    why: 'Detrás no hay nada, o hay otra opción.',
    fix: `Escríbela así: ${flag}=<valor>.`,
  }),
  E_FLAG_VALUE_UNEXPECTED: ({ flag }) => ({
    what: `La opción ${flag} no lleva valor.`,
    why: 'Con escribirla queda activada.',
    fix: `Escribe solo ${flag}.`,
  }),
  E_ARGUMENT_EXTRA: ({ argument, command, most, swallowed, suggestion }) => ({
    what: `Sobra un argumento: "${argument}".`,
    why: swallowed ? 'npm se queda con las opciones que van antes de -- y solo deja pasar sus valores.' : `${command} ${numberOf(most)}${command === 'create' ? ', la carpeta' : ''}.`,
    fix: swallowed ? '¿Has olvidado --? Escribe: npm create kpi-flow@latest mi-kpi -- --name "Mi KPI"' : suggestion === undefined ? 'Quítalo, o pon entre comillas los textos con espacios.' : `¿Querías decir la orden ${suggestion}?`,
  }),
  E_ANSWERS_MISSING: ({ flags, example, haveDefaults, choices }) => ({
    what: `Aquí no se puede preguntar y faltan estas respuestas: ${flags.join(', ')}.`,
    why: haveDefaults ? 'No hay terminal, o es CI.' : choices === undefined ? 'No hay ningún valor por defecto para ellas.' : `${flags.at(-1) ?? ''} puede ser: ${choices.join(', ')}.`,
    fix: haveDefaults ? `Dalas como opciones, o acepta los valores por defecto con --yes: ${example} --yes` : `Dalas así: ${example}`,
  }),
  E_ANSWER_FIXED: ({ from, value, file, fixed, why }) => ({
    what: `${from} dice "${value}", pero ${file} ya ha decidido "${fixed}".`,
    why: why?.es ?? 'El archivo dice que esa respuesta no se puede cambiar.',
    fix: `Quita ${from}.`,
  }),
  E_SHELL_UNKNOWN: ({ shell, choices, suggestion }) => ({
    what: shell === '' ? '¿Para qué shell?' : `No hay autocompletado para "${shell}".`,
    why: `Lo hay para ${choices.join(', ')}.`,
    fix: `Escribe: npx create-kpi-flow completion ${suggestion ?? choices[0] ?? ''}`,
  }),
  E_FLAG_SWALLOWED: ({ flag }) => ({
    what: `npm se ha quedado con ${flag}.`,
    why: 'npm toma como suyas las opciones que van antes de --, y habríamos seguido sin ella.',
    fix: `¿Has olvidado --? Escribe: npm create kpi-flow@latest mi-kpi -- ${flag} ...`,
  }),
  E_FLAG_OF_PLOP: ({ flag, example }) => ({
    what: `plop se ha quedado con ${flag}.`,
    why: 'plop toma como suyo lo que va antes de --, y usa el valor como la respuesta siguiente.',
    fix: `¿Has olvidado --? Escribe: ${example}`,
  }),
  E_ANSWERS_FILE: ({ file, reason }) => ({
    what: `No se puede leer el archivo de respuestas ${file}.`,
    why: { missing: 'No existe.', folder: 'No es un archivo.', unreadable: 'El sistema dice que no tienes permiso para leerlo.' }[reason],
    fix: 'Indica la ruta de un archivo YAML desde la carpeta en la que estás.',
  }),
  E_OUTPUT: ({ detail }) => ({
    what: `No se ha podido mostrar el resultado (${detail}).`,
    why: 'La salida estándar va a un archivo o dispositivo que ya no admite nada. El trabajo sí se ha hecho.',
    fix: 'Envía la salida a otro sitio.',
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
  E_LANGUAGE_NOT_YET: ({ subject }) => ({
    what: `${subject}: todavía no en un repositorio de TypeScript.`,
    why: 'Los repositorios de TypeScript tienen algunos de los orígenes y tipos de etapa; los de Python los tienen todos.',
    fix: 'Quítalo, cambia los archivos a mano o usa --language python si el repositorio es nuevo.',
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
    fix: 'Revisa la red y el índice que usa tu empresa (pip config list; UV_DEFAULT_INDEX) y vuelve a ejecutar la orden. "npx create-kpi-flow doctor" revisa capa por capa.',
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
    what: `${tool} no ha podido instalar los paquetes.`,
    why: detail,
    fix: 'Ejecuta "npx create-kpi-flow doctor" para ver qué capa lo impide y vuelve a instalar.',
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
    fix: 'Vuelve a intentarlo; si sigue igual, "npx create-kpi-flow doctor" revisa capa por capa.',
  }),
  E_PREFECT_COMMAND: ({ command, detail }) => ({
    what: `"${command}" ha fallado.`,
    why: detail,
    fix: 'Las líneas de arriba son suyas y dicen qué le ha faltado.',
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
  E_YAML_SIZE: ({ bytes, limit }) => ({
    what: `El archivo ocupa ${bytes} bytes.`,
    why: `No se leen archivos de más de ${limit} bytes: ninguna configuración es tan larga.`,
    fix: 'Comprueba que es el archivo correcto.',
  }),
  E_YAML_ENCODING: () => ({
    what: 'El archivo no está en UTF-8.',
    why: 'Los acentos y otros caracteres se leerían mal.',
    fix: 'Guárdalo como UTF-8 desde tu editor.',
  }),
  E_YAML_CHARACTER: ({ character }) => ({
    what: `Aquí no se admite el carácter ${character}.`,
    why: 'No se ve, y cada programa lo lee a su manera.',
    fix: 'Bórralo. Ni un nombre ni un texto lo necesitan.',
  }),
  E_YAML_TAB: () => ({
    what: 'Aquí hay un tabulador.',
    why: 'Los lectores de YAML no se ponen de acuerdo con los tabuladores.',
    fix: 'Usa espacios.',
  }),
  E_YAML_DEPTH: ({ limit }) => ({
    what: `Hay listas o grupos anidados a más de ${limit} niveles.`,
    why: 'Un archivo así solo puede ser un error o un ataque, y no se lee.',
    fix: 'Comprueba que es el archivo correcto.',
  }),
  E_YAML_ENTRIES: ({ limit }) => ({
    what: `Una lista o un grupo tiene más de ${limit} elementos.`,
    why: 'Un archivo así solo puede ser un error o un ataque, y no se lee.',
    fix: 'Comprueba que es el archivo correcto.',
  }),
  E_YAML_FEATURE: ({ feature }) => ({
    what: features[feature][0],
    why: 'El archivo lo leen dos lenguajes, y solo vale lo que ambos leen igual.',
    fix: features[feature][1],
  }),
  E_YAML_DUPLICATE: ({ key, line }) => ({
    what: `"${key}" aparece aquí por segunda vez.`,
    why: `Ya está en la línea ${line}, y solo podría contar una de las dos.`,
    fix: 'Borra una de las dos o cámbiale el nombre.',
  }),
  E_YAML_AMBIGUOUS: ({ text, quoted }) => ({
    what: `\`${text}\` necesita comillas, o escribirse de otra forma.`,
    why: 'Sin comillas, cada lector de YAML entiende una cosa: un booleano, un número, una hora o una fecha.',
    fix: `Si es un texto, escribe ${quoted}. Si es un número o un booleano, escríbelo en su forma simple: true, 12, 0.5.`,
  }),
  E_YAML_NUMBER: ({ text }) => ({
    what: `${text} es demasiado grande para un número.`,
    why: 'Se perderían cifras.',
    fix: `Si es un texto, como un código, escribe "${text}" entre comillas.`,
  }),
  E_YAML_SYNTAX: ({ fault }) => ({
    what: faults[fault][0],
    why: 'Así el archivo no se puede leer como YAML.',
    fix: faults[fault][1],
  }),
  E_CONFIG_UNKNOWN_KEY: ({ path, key, allowed, suggestion }) => ({
    what: `${place(path)} no tiene ninguna clave "${key}".`,
    why: 'Una clave que nadie lee se ignoraría sin avisar.',
    fix: meant(suggestion, `Las claves son: ${allowed.join(', ')}.`),
  }),
  E_CONFIG_MISSING_KEY: ({ path, key }) => ({
    what: `A ${path === '' ? 'el archivo' : place(path)} le falta la clave "${key}".`.replace('A el', 'Al'),
    why: 'No tiene valor por defecto.',
    fix: `Añade una línea \`${key}: …\`.`,
  }),
  E_CONFIG_TYPE: ({ path, expected, found }) => ({
    what: `${place(path)} tiene que ser ${kinds[expected]}.`,
    why: `Es ${kinds[found]}.`.replace('Es nada', 'Está sin valor'),
    fix: typeFixes[expected],
  }),
  E_CONFIG_CHOICE: ({ path, value, choices, suggestion }) => ({
    what: `${place(path)} no puede ser "${value}".`,
    why: `Tiene que ser uno de estos: ${choices.join(', ')}.`,
    fix: meant(suggestion, 'Escribe uno de ellos.'),
  }),
  E_CONFIG_RANGE: ({ path, least, most }) => ({
    what: `${place(path)} está fuera de rango.`,
    why: `Va de ${least} a ${most}.`,
    fix: 'Escribe un número entre los dos.',
  }),
  E_CONFIG_COUNT: ({ path, least, most }) => ({
    what: `${place(path)} tiene elementos de más o de menos.`,
    why: `Tiene al menos ${least} y como mucho ${most}.`,
    fix: 'Añade lo que falta o quita lo que sobra.',
  }),
  E_CONFIG_REPEATED: ({ path, value }) => ({
    what: `"${value}" aparece dos veces en ${place(path)}.`,
    why: 'Cada columna cuenta una sola vez.',
    fix: 'Borra una de las dos.',
  }),
  E_CONFIG_VERSION: ({ version }) => ({
    what: `El archivo dice que es de la versión ${version}.`,
    why: 'Esta versión de create-kpi-flow lee la versión 1.',
    fix: 'Escribe `version: 1`, o usa el create-kpi-flow que escribió el archivo.',
  }),
  E_CONFIG_TEXT: ({ path, reason, suggestion }) => ({
    what: `${place(path)} no puede quedar así.`,
    why: reason.es,
    fix: meant(suggestion, 'Escribe otra cosa.'),
  }),
  E_CONFIG_FUNCTION: ({ path }) => ({
    what: `${place(path)} no nombra una función.`,
    why: 'Una función se nombra por su módulo y su propio nombre, en minúsculas.',
    fix: 'Escríbela como módulo:función, por ejemplo orders:extract.',
  }),
  E_CONFIG_TIMEZONE: ({ path, value, suggestion }) => ({
    what: `${place(path)} no puede ser "${value}".`,
    why: 'No es una zona horaria de la lista de IANA, tal como se escribe allí.',
    fix: meant(suggestion, 'Escribe una como Europe/Madrid o UTC.'),
  }),
  E_CONFIG_ADDRESS: ({ path }) => ({
    what: `${place(path)} no es la dirección de una base de datos.`,
    why: 'Una dirección empieza por el tipo de base de datos y "://".',
    fix: 'Escribe una como sqlite:///.data/sample.sqlite, o una referencia como ${WAREHOUSE_URL}.',
  }),
  E_CONFIG_REFERENCE: ({ path, fault }) => ({
    what: `${place(path)} tiene una referencia que no se puede leer.`,
    why: references[fault],
    fix: 'Escribe ${NOMBRE}, ${NOMBRE:-por defecto} o ${NOMBRE:?mensaje}.',
  }),
  E_CONFIG_SECRET: ({ path, kind }) => ({
    what: `${place(path)} contiene ${secrets[kind]}.`,
    why: 'Cualquiera que lea el repositorio podría usar ese secreto. Aquí no se muestra.',
    fix: path.startsWith('sources.')
      ? 'Guárdalo en .env o en el entorno y escribe aquí ${NOMBRE}. Si alguna vez llegó a git, cámbialo por otro.'
      : 'Bórralo. Si alguna vez llegó a git, cámbialo por otro.',
  }),
  E_CONFIG_SOURCE: ({ path, name, known, suggestion }) => ({
    what: `No hay ningún origen "${name}".`,
    why: `"${path}" tiene que nombrar uno de estos: ${known.join(', ')}.`,
    fix: meant(suggestion, `Escribe uno de ellos, o añade "${name}" en sources.`),
  }),
  E_CONFIG_STAGE_TWICE: ({ name, path }) => ({
    what: `El nombre "${name}" ya está en uso.`,
    why: `Ya lo tiene "${path}", y todas las etapas acaban siendo tareas de un mismo módulo.`,
    fix: 'Cámbiale el nombre a una de las dos.',
  }),
  E_CONFIG_DATABASE: ({ path, scheme, known, reason }) => ({
    what: `"${path}" es una dirección de ${scheme}, que un repositorio de TypeScript no lee ni escribe.`,
    why: reason?.es ?? `Ahí una dirección empieza por ${known.map((each) => `${each}:`).join(', ')}.`,
    fix: `Pon la dirección de otra base de datos (${known.join(', ')}) o haz el KPI en Python.`,
  }),
  E_CONFIG_WRITE: ({ path, write, kind, fitting }) => ({
    what: `"${path}" no puede ser "${write}".`,
    why: `Su origen es de tipo ${kind}, y ahí se escribe con ${fitting.join(', ')}.`,
    fix: `Escribe \`write: ${fitting[0] ?? ''}\`, o nombra otro origen.`,
  }),
  E_CONFIG_STRATEGY: ({ path, write }) => ({
    what: `"${path}" no pinta nada aquí.`,
    why: `Una estrategia dice cómo se fusionan las filas, y este cargador escribe con ${write}.`,
    fix: 'Quítala o escribe `write: merge`.',
  }),
  E_CONFIG_TABLE: ({ path }) => ({
    what: `"${path}" no vale como nombre de tabla.`,
    why: 'Lleva minúsculas, cifras y guiones bajos; si tiene esquema, va delante y separado por un punto.',
    fix: 'Por ejemplo: kpi_daily o mart.kpi_daily.',
  }),
  E_CONFIG_TABLE_TWICE: ({ path, table, other }) => ({
    what: `"${path}" y "${other}" escriben en la misma tabla, "${table}".`,
    why: 'Cada uno desharía lo que escribe el otro.',
    fix: 'Ponle otra `table` a uno de los dos, o quítalo.',
  }),
  E_CONFIG_WARNING: ({ warning, target, side }) => ({
    what: `El aviso ${warning} está en el lado equivocado del objetivo ${target}.`,
    why: `Con este sentido va en el objetivo o por ${side === 'above' ? 'encima' : 'debajo'}: entre los dos, el estado es de aviso.`,
    fix: 'Intercambia los dos números o cambia el sentido.',
  }),
  E_CONFIG_COLUMN: ({ column }) => ({
    what: `La columna "${column}" se llama igual que el KPI.`,
    why: 'La columna del valor ya tiene ese nombre.',
    fix: 'Dale otro nombre a la columna.',
  }),
  E_PROBLEMS_MORE: ({ count }) => ({
    what: `Y ${count} más.`,
    why: 'Solo se muestran los primeros.',
    fix: 'Arregla estos y vuelve a mirar.',
  }),
  E_LOCK_NEWER: ({ version, own }) => ({
    what: `La última versión que escribió en el repositorio fue create-kpi-flow ${version}.`,
    why: `Esta es la ${own}, y no conoce lo que escribió la más nueva.`,
    fix: `Ejecútala así: npx create-kpi-flow@${version}`,
  }),
  E_LOCK_LINE: ({ line }) => ({
    what: `.kpi-flow/lock tiene una línea que no se puede leer: ${line}`,
    why: 'Alguien editó el archivo, o la copia quedó cortada.',
    fix: 'Recupera el archivo de git tal como estaba, o borra la línea.',
  }),
  E_EDIT_UNCERTAIN: ({ file, what }) => ({
    what: `En ${file} no hay un lugar seguro para ${what}; el archivo se queda como está.`,
    why: 'En un archivo que escriben personas solo se añaden líneas enteras, y solo donde no hay duda.',
    fix: 'Escríbelo a mano y ejecuta kpi-flow sync.',
  }),
  E_NOT_A_REPOSITORY: ({ folder }) => ({
    what: `${folder} no está dentro de un repositorio de KPI.`,
    why: 'Ni ahí ni en las carpetas de arriba hay un config/config.yaml.',
    fix: 'Entra antes en el repositorio o crea uno con: npx create-kpi-flow',
  }),
  E_OPTION_KIND: ({ flag, stage, kind, kinds, own }) => ({
    what: `Un ${stage} de tipo ${kind} no admite ${flag}.`,
    why: `Es para el tipo ${kinds.join(', ')}.`,
    fix: own.length === 0 ? `Quita ${flag} o elige otro tipo.` : `Quita ${flag} o elige otro tipo; este admite ${own.join(', ')}.`,
  }),
  E_STAGE_KIND: ({ stage, kind, choices, suggestion }) => ({
    what: `No hay ningún ${stage} de tipo "${kind}".`,
    why: 'El tipo decide qué código se escribe.',
    fix: meant(suggestion, `Los tipos son: ${choices.join(', ')}.`),
  }),
  E_STAGE_EXISTS: ({ name, other }) => ({
    what: `El nombre "${name}" ya está cogido: existe "${other}".`,
    why: 'Cada etapa es un módulo, una función y una tarea con ese nombre, y hay discos que no distinguen mayúsculas.',
    fix: 'Elige otro nombre.',
  }),
  E_SOURCE_KIND: ({ name, kind, needed }) => ({
    what: `El origen "${name}" es de tipo ${kind} y hace falta uno ${needed}.`,
    why: 'El código que se escribe solo lee o escribe en ese tipo de sistema.',
    fix: `Indica un origen de tipo ${needed} o un nombre nuevo: el origen se añade con él.`,
  }),
  E_INPUT_UNKNOWN: ({ input, known, suggestion }) => ({
    what: `No hay ninguna etapa ni variable "${input}" de la que tomar datos.`,
    why: 'Una entrada es un extractor, un transformador o una variable del flow.',
    fix: meant(suggestion, `Hay estas: ${listSome(known)}.`),
  }),
  E_LOADER_KEYS: ({ input, kind, form, use }) => ({
    what: `En los datos de "${input}" nada puede hacer de clave para un cargador ${kind}.`,
    why:
      use === 'folders'
        ? 'Traen una fila por registro y cada periodo va en su carpeta: habría una por cada instante.'
        : form === 'raw'
          ? 'Son los registros tal como llegan, alguno repetido, y al fusionar filas no puede haber dos con las mismas claves.'
          : 'Traen una fila por registro, ya sin su id, y al fusionar filas no puede haber dos con las mismas claves.',
    fix:
      use === 'folders'
        ? 'Carga una agregación suya, que tiene una fila por periodo, o guarda los registros en una tabla: --kind sql.'
        : `${form === 'raw' ? 'Carga lo que sale de su limpieza' : 'Carga una agregación suya'}; o escríbelo tal cual con --write-disposition replace_partitions; o di qué columnas distinguen sus filas: --keys a,b`,
  }),
  E_INPUT_COUNT: ({ stage, kind, least, most }) => ({
    what: least === most ? `Un ${stage} de tipo ${kind} tiene que tener ${least} entrada.` : `Un ${stage} de tipo ${kind} tiene que tener de ${least} a ${most} entradas.`,
    why: 'Cada entrada es un argumento de su función.',
    fix: 'Indícalas con --inputs a,b, o con --input a si es una.',
  }),
  E_GENERATED_EDITED: ({ paths }) => ({
    what: `Alguien ha editado lo que se genera: ${listSome(paths)}.`,
    why: 'Estos archivos se escriben enteros a partir de config.yaml y la edición se perdería.',
    fix: `Míralo con kpi-flow sync --check --diff. Después, --force lo escribe de nuevo y kpi-flow own ${paths[0] ?? ''} lo hace tuyo.`,
  }),
  E_FILE_EXISTS: ({ path }) => ({
    what: `${path} ya existe.`,
    why: 'Nunca se sobrescribe un archivo de otra persona.',
    fix: 'Elige otro nombre o mueve el archivo.',
  }),
  E_FILE_MISSING: ({ path }) => ({
    what: `Falta ${path}.`,
    why: 'Solo se pueden añadir líneas a un archivo que existe, y lo que alguien ha borrado no se vuelve a crear.',
    fix: 'Recupéralo de git o de otro repositorio de KPI.',
  }),
  E_FLOW_UNKNOWN: ({ flow, known, suggestion }) => ({
    what: `No existe el flow "${flow}".`,
    why: 'Un flow es una función con @flow, en un archivo con su mismo nombre dentro de prefect_flows.',
    fix: meant(suggestion, known.length === 0 ? 'Todavía no hay ninguno.' : `Estos son los que hay: ${listSome(known)}.`),
  }),
  E_DEPLOYMENT_EXISTS: ({ name }) => ({
    what: `En prefect.yaml ya hay un despliegue "${name}".`,
    why: 'Dos con el mismo nombre se sobrescribirían uno a otro en el servidor.',
    fix: 'Elige otro nombre o cambia el que ya está.',
  }),
  E_INPUT_CYCLE: ({ chain }) => ({
    what: `Las entradas forman un círculo: ${chain.join(' → ')}.`,
    why: 'Una etapa se ejecuta después de sus entradas, así que no puede necesitarse a sí misma.',
    fix: 'Indica otra entrada.',
  }),
  E_FILE_LINK: ({ path }) => ({
    what: `${path} es un enlace simbólico o está detrás de uno que sale del repositorio.`,
    why: 'Escribir ahí cambiaría un archivo de otro sitio.',
    fix: 'Pon en su lugar un archivo o una carpeta de verdad.',
  }),
  E_FILE_READ_ONLY: ({ path }) => ({
    what: `${path} es de solo lectura.`,
    why: 'Habría que cambiarlo, y si una parte no se puede escribir no se escribe nada.',
    fix: 'Dale permiso de escritura y repite la orden.',
  }),
  E_FILE_ENCODING: ({ path }) => ({
    what: `${path} no es texto UTF-8.`,
    why: 'No se podría editar sin dañar lo que contiene.',
    fix: 'Guárdalo como UTF-8.',
  }),
  E_FILE_CHANGED: ({ path }) => ({
    what: `${path} ha cambiado mientras corría la orden.`,
    why: 'Escribir ahora perdería ese cambio, así que no se ha escrito nada.',
    fix: 'Repite la orden.',
  }),
  E_RUN_ACTIVE: ({ pid, host, command }) => ({
    what: `Aquí ya hay otra ejecución en marcha: ${command} (pid ${pid} en ${host}).`,
    why: 'Dos a la vez se pisarían.',
    fix: 'Espera a que termine y repite la orden.',
  }),
  E_LOCK_MISSING: ({ folder }) => ({
    what: `En ${folder} falta .kpi-flow/lock.`,
    why: 'Sin él no se sabe qué archivos se han editado, así que ninguno se puede cambiar con seguridad.',
    fix: 'Recupéralo de git: git checkout HEAD -- .kpi-flow/lock',
  }),
  E_DRIFT: ({ paths }) => ({
    what: `El repositorio no es lo que dice su config.yaml: ${listSome(paths)}.`,
    why: 'Se cambió config.yaml o un archivo generado, y el otro no lo siguió.',
    fix: 'Ejecuta kpi-flow sync.',
  }),
  E_NOTHING_TO_UNDO: () => ({
    what: 'No hay ninguna ejecución que deshacer.',
    why: 'No se ha hecho ninguna desde que existe esta copia, o ya se deshicieron todas.',
    fix: 'Mira kpi-flow history; para cambios más antiguos está git.',
  }),
  E_UNDO_CHANGED: ({ paths }) => ({
    what: `La última ejecución no se puede deshacer: ${listSome(paths)} ha cambiado desde entonces.`,
    why: 'Se perdería tu cambio.',
    fix: 'Deshaz antes ese cambio o quita la etapa con kpi-flow remove.',
  }),
  E_VERSION_OTHER: ({ version, own }) => ({
    what: `El repositorio lo hizo create-kpi-flow ${version}, y esta es la ${own}.`,
    why: 'Dos versiones pueden escribir textos distintos; la versión solo la cambia una actualización.',
    fix: `Ejecútalo así: npx create-kpi-flow@${version}`,
  }),
  E_STAGE_UNKNOWN: ({ name, known, suggestion }) => ({
    what: `No hay ninguna etapa "${name}".`,
    why: 'config.yaml no la nombra.',
    fix: meant(suggestion, `Las etapas son: ${listSome(known)}.`),
  }),
  E_STAGE_USED: ({ name, places, takers }) => ({
    what: `"${name}" todavía se usa: ${listSome(places)}.`,
    why: 'Sin ella ese código fallaría.',
    fix: takers.length > 0 ? `Quita antes lo que la toma: ${takers.map((each) => `kpi-flow remove ${each}`).join(', ')}` : 'Quita antes esas líneas; son tuyas y ninguna orden lo hace.',
  }),
  E_PIPELINE_EDITED: ({ name, paths }) => ({
    what: `Alguien ha editado lo que forma parte del pipeline "${name}": ${listSome(paths)}.`,
    why: 'Pipeline, flow, pruebas y despliegues solo tienen sentido juntos, y lo que escribe una persona nunca se borra. No ha cambiado nada.',
    fix: 'Quita antes lo que se ha escrito, o borra a mano los archivos y los despliegues; después, sync anota que ya no están.',
  }),
  E_STAGE_REFERRED: ({ name, next, places }) => ({
    what: `Hay archivos editados que llaman a "${name}" por su nombre: ${listSome(places)}.`,
    why: `Con el nombre "${next}" ese código fallaría, y lo que alguien ha escrito no se cambia sin preguntar.`,
    fix: 'Añade --edit-references para que cambie ahí solo ese nombre; --dry-run lo enseña antes.',
  }),
  E_GENERATOR_UNKNOWN: ({ name, known, suggestion }) => ({
    what: `No hay ningún generador "${name}".`,
    why: 'Es lo que decide qué se añade.',
    fix: meant(suggestion, `Los generadores son: ${known.join(', ')}.`),
  }),
  E_FILE_UNKNOWN: ({ path }) => ({
    what: `El lock no conoce ${path}.`,
    why: 'Solo tienen dueño los archivos que hizo un generador.',
    fix: 'Mira en kpi-flow status los archivos que conoce.',
  }),
  E_ANSWERS_UNKNOWN: ({ key, allowed, suggestion }) => ({
    what: `No hay ninguna pregunta "${key}".`,
    why: 'Una respuesta que nadie pide se perdería sin avisar.',
    fix: meant(suggestion, `Las preguntas son: ${allowed.join(', ')}.`),
  }),
  E_ANSWERS_FORM: ({ key, fault }) => ({
    what: `"${key}" ${answerForms[fault][0]}`,
    why: 'Así no queda claro cuál es la respuesta.',
    fix: answerForms[fault][1],
  }),
};

/** The first few of a list, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} y ${names.length - 5} más` : shown;
}

function numberOf(most: number): string {
  return most === 0 ? 'no admite argumentos' : most === 1 ? 'admite un argumento' : `admite hasta ${most} argumentos`;
}
