import type { ErrorTexts } from './texts.ts';

const unsafe = {
  absolute: 'it is an absolute path',
  escape: 'it leaves the folder',
  reserved: 'a part of it is a name that an operating system keeps for itself',
  characters: 'it has characters that a file name cannot carry everywhere',
  length: 'it is longer than some file systems allow',
};

const indexReason = {
  refused: 'refuses connections',
  silent: 'does not answer in time',
  name: 'has a name that cannot be found',
  denied: 'does not let you in (credentials are missing or wrong)',
  broken: 'answers with an error',
};

const proxyReason = {
  refused: 'refuses connections',
  silent: 'does not answer in time',
  credentials: 'wants credentials, or others than these',
  name: 'has a name that cannot be found',
};

const features = {
  anchor: ['An anchor (&name) is not allowed here.', 'Write the value where it is needed.'],
  alias: ['An alias (*name) is not allowed here.', 'Write the value itself. A text that begins with * needs quotes.'],
  tag: ['A tag (!name) is not allowed here.', 'Leave it out. A text that begins with ! needs quotes.'],
  directive: ['A directive (a line that begins with %) is not allowed here.', 'Leave the line out.'],
  documents: ['The file holds more than one document.', 'Keep one, and no other line with --- or ... in it.'],
  'complex-key': ['A key must be a plain text.', 'Write it as `key: value`.'],
  merge: ['A merge key (<<) is not allowed here.', 'Write the keys where they are needed.'],
  surrogate: ['A character is written as half of an escape pair.', 'Write the character itself, or \\U with eight digits.'],
} as const;

const faults = {
  escape: ['After a backslash stands something that is no escape.', 'In double quotes, write a backslash twice.'],
  indentation: ['The indentation does not fit what stands above.', 'Put what belongs together in the same column.'],
  nested: ['There is a second ": " on the line.', 'Put the text in quotes, or its keys on lines of their own.'],
  missing: ['Something is left open: a quote, a bracket or a colon.', 'Close it.'],
  unexpected: ['Something stands here that does not belong here.', 'Look for a bracket or quote too many, or put the text in quotes.'],
  start: ['A text cannot begin with this character unless it is quoted.', 'Put the text in quotes.'],
  key: ['The key has no colon, or does not fit into one line.', 'Write "key: value" on one line.'],
  other: ['It cannot be read as YAML.', 'Compare it with the example in docs/.'],
} as const;

const kinds = {
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a group of keys',
  nothing: 'nothing',
} as const;

const typeFixes = {
  text: 'Put it in quotes, if it is meant as a text.',
  number: 'Write a number, without quotes.',
  integer: 'Write a whole number, without quotes.',
  boolean: 'Write true or false, without quotes.',
  list: 'Write the entries in brackets: [a, b]',
  map: 'Write its keys below it, each on a line of its own.',
  nothing: 'Leave it empty.',
} as const;

const secrets = { password: 'a password', key: 'an access key', token: 'a token', 'private-key': 'a private key' } as const;

const references = {
  open: 'A "${" is not closed.',
  name: 'Between "${" and "}" stands no name of a variable.',
  form: 'After the name, only ":-" with a default or ":?" with a message may follow.',
  nested: 'A reference cannot stand inside another one.',
} as const;

const answerForms = {
  shape: ['is neither an answer nor a list of texts.', 'Write a value, or `value:` with `fixed: true` and `why:`, or `default:`.'],
  fixed: ['has a "fixed" that is not true or false.', 'Write `fixed: true`, or leave it out.'],
  why: ['has a "why" that is not a text.', 'Write a text, or one for each of `en:` and `es:`.'],
  both: ['has a "default" beside a "value" or "fixed".', 'A default leaves the question open; a value answers it.'],
  part: ['has a part that answers do not have.', 'The parts are value, fixed, why and default.'],
} as const;

/** `kpi.unit`, or the file itself. */
function place(path: string): string {
  return path === '' ? 'The file' : `"${path}"`;
}

function meant(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `Did you mean "${suggestion}"?`;
}

export const errorsEn: ErrorTexts = {
  E_BUG: ({ detail }) => ({
    what: `Something went wrong inside create-kpi-flow: ${detail}`,
    why: 'This is our mistake, not yours. Nothing of yours was changed.',
    fix: 'Please report it with the command you ran and the text above.',
  }),
  E_PATH_UNSAFE: ({ path, reason }) => ({
    what: `"${path}" cannot be written.`,
    why: `Because ${unsafe[reason]}.`,
    fix: 'Choose another name.',
  }),
  E_PATH_COLLISION: ({ path, other }) => ({
    what: `"${path}" and "${other}" are the same file on some disks.`,
    why: 'They differ only in upper and lower case, or in how an accent is written.',
    fix: 'Rename one of the two.',
  }),
  E_FOLDER_NOT_EMPTY: ({ folder, found }) => ({
    what: `The folder ${folder} is not empty: it holds ${listSome(found)}.`,
    why: 'A new repository never mixes with files that are there already, so nothing was written.',
    fix: 'Name another folder, or move what is in this one.',
  }),
  E_FOLDER_IS_FILE: ({ folder }) => ({
    what: `${folder} is a file.`,
    why: 'The repository needs a folder of its own.',
    fix: 'Name another folder.',
  }),
  E_FOLDER_LINK: ({ folder }) => ({
    what: `${folder} is a symbolic link.`,
    why: 'Writing through a link would put the files somewhere you did not name.',
    fix: 'Name the folder that the link points to.',
  }),
  E_FOLDER_NOT_WRITABLE: ({ folder }) => ({
    what: `Nothing can be written in ${folder}.`,
    why: 'The system says that you may not write there.',
    fix: 'Name a folder of your own, or ask who looks after this machine for permission.',
  }),
  E_DISK_FULL: ({ folder }) => ({
    what: `The disk filled up while writing ${folder}.`,
    why: 'What had been written was removed again.',
    fix: 'Free some space, or name a folder on another disk, and run the same command again.',
  }),
  E_DISK: ({ folder, detail }) => ({
    what: `The disk failed while writing ${folder} (${detail}).`,
    why: 'What had been written was removed again.',
    fix: 'Check the disk, or name a folder on another one, and run the same command again.',
  }),
  E_CUT_RUN_FINISHED: ({ folder }) => ({
    what: `An earlier run was cut short in ${folder}; its repository is complete now.`,
    why: 'Its files were ready and only had to be moved into place. Your new answers were not used.',
    fix: 'Look at what is there. To start anew, empty the folder and run the command again.',
  }),
  E_COMMAND_UNKNOWN: ({ command, known, suggestion }) => ({
    what: `There is no command "${command}".`,
    why: `The commands are: ${known.join(', ')}.`,
    fix: suggestion ? `Did you mean ${suggestion}?` : 'See --help.',
  }),
  E_FLAG_UNKNOWN: ({ flag, command, known, suggestion }) => ({
    what: `There is no flag ${flag}${command === '' ? '' : ` of ${command}`}.`,
    why: suggestion ? 'A mistyped flag that was ignored could do something you did not want.' : `It takes ${known.join(', ')}.`,
    fix: suggestion ? `Did you mean ${suggestion}?` : 'Use one of these, or leave it out; --help says more.',
  }),
  E_FLAG_VALUE_MISSING: ({ flag }) => ({
    what: `The flag ${flag} needs a value.`,
    why: 'Nothing stands after it, or another flag does.',
    fix: `Write it as ${flag}=<value>.`,
  }),
  E_FLAG_VALUE_UNEXPECTED: ({ flag }) => ({
    what: `The flag ${flag} takes no value.`,
    why: 'It is on when it is there.',
    fix: `Write ${flag} alone.`,
  }),
  E_ARGUMENT_EXTRA: ({ argument, command, most, swallowed, suggestion }) => ({
    what: `There is one argument too many: "${argument}".`,
    why: swallowed ? 'npm keeps the flags that stand before -- and passes on only their values.' : `${command} takes ${numberOf(most)}${command === 'create' ? ', the folder' : ''}.`,
    fix: swallowed ? 'Did you forget --? Write: npm create kpi-flow@latest my-kpi -- --name "My KPI"' : suggestion === undefined ? 'Leave it out, or put a text with spaces between quotes.' : `Did you mean the command ${suggestion}?`,
  }),
  E_ANSWERS_MISSING: ({ flags, example, haveDefaults, choices }) => ({
    what: `Nobody can be asked here, and these answers are missing: ${flags.join(', ')}.`,
    why: haveDefaults ? 'There is no terminal, or this is CI.' : choices === undefined ? 'They have no default that could be taken.' : `${flags.at(-1) ?? ''} is one of: ${choices.join(', ')}.`,
    fix: haveDefaults ? `Give them as flags, or take their defaults with --yes: ${example} --yes` : `Give them: ${example}`,
  }),
  E_ANSWER_FIXED: ({ from, value, file, fixed, why }) => ({
    what: `${from} says "${value}", but ${file} has decided on "${fixed}".`,
    why: why?.en ?? 'The file says that this answer cannot be changed.',
    fix: `Leave ${from} out.`,
  }),
  E_SHELL_UNKNOWN: ({ shell, choices, suggestion }) => ({
    what: shell === '' ? 'Which shell is it for?' : `There are no completions for "${shell}".`,
    why: `There are for ${choices.join(', ')}.`,
    fix: `Write: npx create-kpi-flow completion ${suggestion ?? choices[0] ?? ''}`,
  }),
  E_FLAG_SWALLOWED: ({ flag }) => ({
    what: `npm kept ${flag} for itself.`,
    why: 'npm reads the flags that stand before -- as its own, so we would have gone on without it.',
    fix: `Did you forget --? Write: npm create kpi-flow@latest my-kpi -- ${flag} ...`,
  }),
  E_FLAG_OF_PLOP: ({ flag, example }) => ({
    what: `plop kept ${flag} for itself.`,
    why: 'plop reads what stands before -- as its own, and takes the value for the next answer.',
    fix: `Did you forget --? Write: ${example}`,
  }),
  E_ANSWERS_FILE: ({ file, reason }) => ({
    what: `The answers file ${file} cannot be read.`,
    why: { missing: 'There is no such file.', folder: 'It is not a file.', unreadable: 'The system says that you may not read it.' }[reason],
    fix: 'Give the path of a YAML file, from the folder you are in.',
  }),
  E_OUTPUT: ({ detail }) => ({
    what: `The result could not be printed (${detail}).`,
    why: 'Standard output leads to a file or a device that takes nothing more. The work itself was done.',
    fix: 'Send the output somewhere else.',
  }),
  E_TEMPLATE: ({ template, detail }) => ({
    what: `The template ${template} does not render: ${detail}`,
    why: 'This is our mistake, not yours. Nothing was written.',
    fix: 'Please report it with the command you ran.',
  }),
  E_ANSWER_REFUSED: ({ flag, value, reason, suggestion }) => ({
    what: `${flag} cannot be ${JSON.stringify(value)}.`,
    why: reason.en,
    fix: suggestion === undefined ? 'Give another value.' : `For example: ${flag} ${JSON.stringify(suggestion)}`,
  }),
  E_ANSWER_CHOICE: ({ flag, value, choices, suggestion }) => ({
    what: `${flag} cannot be ${JSON.stringify(value)}.`,
    why: `It is one of: ${choices.join(', ')}.`,
    fix: suggestion === undefined ? 'Choose one of them.' : `Did you mean ${flag} ${suggestion}?`,
  }),
  E_LANGUAGE_NOT_YET: ({ subject }) => ({
    what: `${subject}: not in a TypeScript repository yet.`,
    why: 'TypeScript repositories have some of the sources and kinds of stages; Python ones have all of them.',
    fix: 'Leave it out, change the files by hand, or use --language python for a new repository.',
  }),
  E_STAGE_NAME_TAKEN: ({ name }) => ({
    what: `Two stages would be called "${name}".`,
    why: 'Each stage is a file, a function and a task, so its name stands for one thing only.',
    fix: 'Change --id or --inputs so that the names differ.',
  }),
  E_PYTHON_MISSING: ({ asked, storeAlias }) => ({
    what: 'No Python was found on this machine.',
    why: storeAlias
      ? 'The only "python" here is a shortcut of Windows that opens the store.'
      : `Asked, in this order: ${asked.join(', ')}. None of them answered as Python does.`,
    fix: 'Install Python 3.11 or newer, or set KPI_FLOW_PYTHON to the one you want.',
  }),
  E_PYTHON_OLD: ({ path, version }) => ({
    what: `Python ${version} is too old.`,
    why: `${path} is the newest that was found, and Prefect needs Python 3.11 or newer here.`,
    fix: 'Install Python 3.11 or newer, or set KPI_FLOW_PYTHON to one that is.',
  }),
  E_PYTHON_INCOMPLETE: ({ path, module }) => ({
    what: `${path} cannot make environments: its module "${module}" is missing.`,
    why: 'Some systems ship Python in parts, and leave that part out.',
    fix: 'Install the part (on Debian and Ubuntu: apt install python3-venv), or install uv, which does not need it.',
  }),
  E_INDEX_UNREACHABLE: ({ index, reason }) => ({
    what: `The package index ${index} ${indexReason[reason]}.`,
    why: 'Python packages come from there, as your pip and uv settings say.',
    fix: 'Check the network and the index your company uses (pip config list; UV_DEFAULT_INDEX), then run the command again. "npx create-kpi-flow doctor" looks at each layer.',
  }),
  E_INDEX_LACKS: ({ requirement, index }) => ({
    what: `The package index has no ${requirement} that fits.`,
    why: `${index} answered, but not with a version for this Python and this system.`,
    fix: 'Ask whoever runs the index to add it, or point pip and uv at one that has it.',
  }),
  E_CERTIFICATE_UNKNOWN: ({ host }) => ({
    what: `The certificate of ${host} is not trusted here.`,
    why: 'It is signed by an authority that this machine does not know; company proxies that read traffic often do that.',
    fix: 'Get the authority\'s certificate as a .pem file and set SSL_CERT_FILE and PIP_CERT to it. Do not switch the check off.',
  }),
  E_PROXY: ({ proxy, reason }) => ({
    what: `The proxy ${proxy} ${proxyReason[reason]}.`,
    why: 'HTTP_PROXY, HTTPS_PROXY or your pip settings send the traffic through it.',
    fix: 'Correct the address or the credentials in that setting, or list the index in NO_PROXY.',
  }),
  E_INSTALL_FAILED: ({ tool, detail }) => ({
    what: `${tool} could not install the packages.`,
    why: detail,
    fix: 'Run "npx create-kpi-flow doctor" to see which layer blocks, then install again.',
  }),
  E_INSTALL_SLOW: ({ tool, seconds }) => ({
    what: `${tool} was stopped after ${seconds} s.`,
    why: 'The packages were not installed by then. The index answers, but slowly.',
    fix: 'Run it again (what was fetched is kept), or give it longer with KPI_FLOW_INSTALL_TIMEOUT (seconds).',
  }),
  E_PREFECT_MISSING: ({ python }) => ({
    what: 'Prefect is not installed.',
    why: `${python} cannot import it.`,
    fix: 'Install the repository\'s environment: uv sync, or python -m venv .venv and pip install -e .',
  }),
  E_PREFECT_OLD: ({ found, needed }) => ({
    what: `Prefect ${found} is too old.`,
    why: `The repository was tested from ${needed} on.`,
    fix: `Upgrade it: pip install --upgrade "prefect>=${needed}"`,
  }),
  E_PREFECT_UNREACHABLE: ({ url, detail }) => ({
    what: `Prefect's API at ${url} does not answer.`,
    why: detail,
    fix: 'Check PREFECT_API_URL (prefect config view), and that the server runs: prefect server start',
  }),
  E_PREFECT_START: ({ seconds, detail }) => ({
    what: `Prefect's server was not up after ${seconds} s.`,
    why: detail,
    fix: 'Run it again; when it stays so, "npx create-kpi-flow doctor" looks at each layer.',
  }),
  E_PREFECT_COMMAND: ({ command, detail }) => ({
    what: `"${command}" failed.`,
    why: detail,
    fix: 'The lines above are its own: they say what it missed.',
  }),
  E_PORT_TAKEN: ({ port }) => ({
    what: `Port ${port} is taken.`,
    why: 'Another program on this machine listens there.',
    fix: 'Stop that program, or choose another port.',
  }),
  E_FLOW_RUN: ({ name, state, detail }) => ({
    what: `The flow run ${name} ended as ${state}.`,
    why: detail,
    fix: 'Open the run in Prefect: the log of the failed task says where.',
  }),
  E_DEMO_DIFFERS: ({ ours, reference }) => ({
    what: `The KPI is ${ours}, and the independent reference is ${reference}.`,
    why: 'The flow ran, but its number is not the one that a plain count over the raw records gives.',
    fix: 'Compare the SQL and the functions of docs/examples with what they should count.',
  }),
  E_YAML_SIZE: ({ bytes, limit }) => ({
    what: `The file has ${bytes} bytes.`,
    why: `Files of more than ${limit} bytes are not read: no configuration is that long.`,
    fix: 'Check that it is the right file.',
  }),
  E_YAML_ENCODING: () => ({
    what: 'The file is not UTF-8.',
    why: 'Accents and other characters would be read wrongly.',
    fix: 'Save it as UTF-8 in your editor.',
  }),
  E_YAML_CHARACTER: ({ character }) => ({
    what: `The character ${character} is not allowed here.`,
    why: 'It cannot be seen, and programs read it differently.',
    fix: 'Delete it. A name or a text does not need it.',
  }),
  E_YAML_TAB: () => ({
    what: 'There is a tab here.',
    why: 'YAML readers do not agree on tabs.',
    fix: 'Use spaces instead.',
  }),
  E_YAML_DEPTH: ({ limit }) => ({
    what: `Lists or groups lie more than ${limit} deep in each other.`,
    why: 'Such a file can only be a mistake or an attack, and is not read.',
    fix: 'Check that it is the right file.',
  }),
  E_YAML_ENTRIES: ({ limit }) => ({
    what: `A list or a group has more than ${limit} entries.`,
    why: 'Such a file can only be a mistake or an attack, and is not read.',
    fix: 'Check that it is the right file.',
  }),
  E_YAML_FEATURE: ({ feature }) => ({
    what: features[feature][0],
    why: 'The file is read by two languages, and only by what both read alike.',
    fix: features[feature][1],
  }),
  E_YAML_DUPLICATE: ({ key, line }) => ({
    what: `"${key}" stands here a second time.`,
    why: `It was given on line ${line} already, and only one of the two could count.`,
    fix: 'Delete or rename one of the two.',
  }),
  E_YAML_AMBIGUOUS: ({ text, quoted }) => ({
    what: `\`${text}\` needs quotes, or another form.`,
    why: 'Without quotes YAML readers do not agree on what it is: some see a boolean, a number, a time or a date.',
    fix: `As a text, write ${quoted}. As a number or boolean, write it in its plain form: true, 12, 0.5.`,
  }),
  E_YAML_NUMBER: ({ text }) => ({
    what: `${text} is too large for a number.`,
    why: 'Digits of it would be lost.',
    fix: `If it is a text, such as a code, write "${text}" in quotes.`,
  }),
  E_YAML_SYNTAX: ({ fault }) => ({
    what: faults[fault][0],
    why: 'So the file cannot be read as YAML.',
    fix: faults[fault][1],
  }),
  E_CONFIG_UNKNOWN_KEY: ({ path, key, allowed, suggestion }) => ({
    what: `${place(path)} has no key "${key}".`,
    why: 'A key that nothing reads would be ignored without a word.',
    fix: meant(suggestion, `The keys are: ${allowed.join(', ')}.`),
  }),
  E_CONFIG_MISSING_KEY: ({ path, key }) => ({
    what: `${place(path)} lacks the key "${key}".`,
    why: 'There is no default for it.',
    fix: `Add a line \`${key}: …\`.`,
  }),
  E_CONFIG_TYPE: ({ path, expected, found }) => ({
    what: `${place(path)} must be ${kinds[expected]}.`,
    why: `It is ${kinds[found]}.`,
    fix: typeFixes[expected],
  }),
  E_CONFIG_CHOICE: ({ path, value, choices, suggestion }) => ({
    what: `${place(path)} cannot be "${value}".`,
    why: `It is one of: ${choices.join(', ')}.`,
    fix: meant(suggestion, 'Write one of these.'),
  }),
  E_CONFIG_RANGE: ({ path, least, most }) => ({
    what: `${place(path)} is out of range.`,
    why: `It goes from ${least} to ${most}.`,
    fix: 'Write a number in between.',
  }),
  E_CONFIG_COUNT: ({ path, least, most }) => ({
    what: `${place(path)} has too few or too many entries.`,
    why: `It has at least ${least} and at most ${most}.`,
    fix: 'Add what is missing, or take away what is too much.',
  }),
  E_CONFIG_REPEATED: ({ path, value }) => ({
    what: `"${value}" stands twice in ${place(path)}.`,
    why: 'Each column counts once.',
    fix: 'Delete one of the two.',
  }),
  E_CONFIG_VERSION: ({ version }) => ({
    what: `The file says version ${version}.`,
    why: 'This version of create-kpi-flow reads version 1.',
    fix: 'Write `version: 1`, or use the create-kpi-flow that wrote the file.',
  }),
  E_CONFIG_TEXT: ({ path, reason, suggestion }) => ({
    what: `${place(path)} cannot be what it is.`,
    why: reason.en,
    fix: meant(suggestion, 'Write something else.'),
  }),
  E_CONFIG_FUNCTION: ({ path }) => ({
    what: `${place(path)} does not name a function.`,
    why: 'A function is named by its module and its own name, in small letters.',
    fix: 'Write it as module:function, for example orders:extract.',
  }),
  E_CONFIG_TIMEZONE: ({ path, value, suggestion }) => ({
    what: `${place(path)} cannot be "${value}".`,
    why: 'It is not a time zone of the IANA list, as it is spelled there.',
    fix: meant(suggestion, 'Write one such as Europe/Madrid or UTC.'),
  }),
  E_CONFIG_ADDRESS: ({ path }) => ({
    what: `${place(path)} is not the address of a database.`,
    why: 'An address begins with the kind of database and "://".',
    fix: 'Write one such as sqlite:///.data/sample.sqlite, or a reference such as ${WAREHOUSE_URL}.',
  }),
  E_CONFIG_REFERENCE: ({ path, fault }) => ({
    what: `${place(path)} has a reference that cannot be read.`,
    why: references[fault],
    fix: 'Write ${NAME}, ${NAME:-default} or ${NAME:?message}.',
  }),
  E_CONFIG_SECRET: ({ path, kind }) => ({
    what: `${place(path)} holds ${secrets[kind]}.`,
    why: 'Whoever reads the repository could use it. It is not shown here.',
    fix: path.startsWith('sources.')
      ? 'Put it into .env or the environment, and write ${NAME} here. If it was ever committed, replace it by a new one.'
      : 'Delete it. If it was ever committed, replace it by a new one.',
  }),
  E_CONFIG_SOURCE: ({ path, name, known, suggestion }) => ({
    what: `There is no source "${name}".`,
    why: `"${path}" must name one of: ${known.join(', ')}.`,
    fix: meant(suggestion, `Write one of these, or add "${name}" under sources.`),
  }),
  E_CONFIG_STAGE_TWICE: ({ name, path }) => ({
    what: `The name "${name}" is taken.`,
    why: `"${path}" has it already, and all stages become tasks of one module.`,
    fix: 'Rename one of the two.',
  }),
  E_CONFIG_DATABASE: ({ path, scheme, known, reason }) => ({
    what: `"${path}" is an address of ${scheme}, which a TypeScript repository does not read or write.`,
    why: reason?.en ?? `There an address begins with ${known.map((each) => `${each}:`).join(', ')}.`,
    fix: `Give the address of another database (${known.join(', ')}), or make the KPI in Python.`,
  }),
  E_CONFIG_WRITE: ({ path, write, kind, fitting }) => ({
    what: `"${path}" cannot be "${write}".`,
    why: `Its source is of the kind ${kind}, which is written with ${fitting.join(', ')}.`,
    fix: `Write \`write: ${fitting[0] ?? ''}\`, or name another source.`,
  }),
  E_CONFIG_STRATEGY: ({ path, write }) => ({
    what: `"${path}" has nothing to do here.`,
    why: `A strategy says how rows are merged, and this loader writes with ${write}.`,
    fix: 'Remove it, or write `write: merge`.',
  }),
  E_CONFIG_TABLE: ({ path }) => ({
    what: `"${path}" is no name of a table.`,
    why: 'It is made of small letters, digits and underscores, with its schema before a dot if it has one.',
    fix: 'For example: kpi_daily or mart.kpi_daily.',
  }),
  E_CONFIG_TABLE_TWICE: ({ path, table, other }) => ({
    what: `"${path}" and "${other}" write the same table, "${table}".`,
    why: 'Each would undo what the other wrote.',
    fix: 'Give one of them another `table`, or remove it.',
  }),
  E_CONFIG_WARNING: ({ warning, target, side }) => ({
    what: `The warning ${warning} is on the wrong side of the target ${target}.`,
    why: `With this direction it lies at or ${side} the target: between the two the state is a warning.`,
    fix: 'Swap the two numbers, or change the direction.',
  }),
  E_CONFIG_COLUMN: ({ column }) => ({
    what: `The column "${column}" has the name of the KPI.`,
    why: 'The column of the value has it already.',
    fix: 'Give the column another name.',
  }),
  E_PROBLEMS_MORE: ({ count }) => ({
    what: `And ${count} more.`,
    why: 'Only the first ones are shown.',
    fix: 'Mend these, and look again.',
  }),
  E_LOCK_NEWER: ({ version, own }) => ({
    what: `The repository was last written by create-kpi-flow ${version}.`,
    why: `This is ${own}, which does not know what the newer one wrote.`,
    fix: `Run it as: npx create-kpi-flow@${version}`,
  }),
  E_LOCK_LINE: ({ line }) => ({
    what: `.kpi-flow/lock has a line that cannot be read: ${line}`,
    why: 'Somebody edited the file, or a copy was cut off.',
    fix: 'Take the file from git as it was, or delete the line.',
  }),
  E_EDIT_UNCERTAIN: ({ file, what }) => ({
    what: `There is no certain place in ${file} for ${what}, so the file stays as it is.`,
    why: 'Only whole lines are ever put into a file that people write, and only where one place is right.',
    fix: 'Write it by hand, then run kpi-flow sync.',
  }),
  E_NOT_A_REPOSITORY: ({ folder }) => ({
    what: `${folder} does not lie in a KPI repository.`,
    why: 'Neither it nor a folder above it has a config/config.yaml.',
    fix: 'Go into the repository first, or make one with: npx create-kpi-flow',
  }),
  E_OPTION_KIND: ({ flag, stage, kind, kinds, own }) => ({
    what: `A new ${stage} of kind ${kind} does not take ${flag}.`,
    why: `That is for the kind ${kinds.join(', ')}.`,
    fix: own.length === 0 ? `Remove ${flag}, or choose another kind.` : `Remove ${flag}, or choose another kind; this one takes ${own.join(', ')}.`,
  }),
  E_STAGE_KIND: ({ stage, kind, choices, suggestion }) => ({
    what: `There is no ${stage} of kind "${kind}".`,
    why: 'The kind decides which code is written.',
    fix: meant(suggestion, `The kinds are: ${choices.join(', ')}.`),
  }),
  E_STAGE_EXISTS: ({ name, other }) => ({
    what: `The name "${name}" is taken: there is "${other}".`,
    why: 'Each stage is a module, a function and a task of that name, and some disks do not tell small letters from capitals.',
    fix: 'Choose another name.',
  }),
  E_SOURCE_KIND: ({ name, kind, needed }) => ({
    what: `The source "${name}" is of kind ${kind}, and ${needed} is needed.`,
    why: 'The code that is written reads or writes only that kind of system.',
    fix: `Name a source of kind ${needed}, or a new name: the source is added with it.`,
  }),
  E_INPUT_UNKNOWN: ({ input, known, suggestion }) => ({
    what: `There is no stage or variable "${input}" to take data from.`,
    why: 'An input is an extractor, a transformer, or a variable of the flow.',
    fix: meant(suggestion, `There are: ${listSome(known)}.`),
  }),
  E_LOADER_KEYS: ({ input, kind, form, use }) => ({
    what: `Nothing in the data of "${input}" can be the keys of a ${kind} loader.`,
    why:
      use === 'folders'
        ? 'It has a row a record, and each period gets a folder of its own: there would be one for every moment.'
        : form === 'raw'
          ? 'They are records as they come, where one may stand twice, and rows are merged by keys that no two of them share.'
          : 'It has a row a record without its id, and rows are merged by keys that no two of them share.',
    fix:
      use === 'folders'
        ? 'Load an aggregation of it, which has a row a period, or keep the records in a table: --kind sql.'
        : `${form === 'raw' ? 'Load what cleans it' : 'Load an aggregation of it'}; or write it as it comes with --write-disposition replace_partitions; or name the columns that tell its rows apart: --keys a,b`,
  }),
  E_INPUT_COUNT: ({ stage, kind, least, most }) => ({
    what: least === most ? `A ${kind} ${stage} takes ${least} input.` : `A ${kind} ${stage} takes ${least} to ${most} inputs.`,
    why: 'Each input becomes an argument of its function.',
    fix: 'Give them with --inputs a,b, or --input a when there is one.',
  }),
  E_GENERATED_EDITED: ({ paths }) => ({
    what: `Somebody edited what is generated: ${listSome(paths)}.`,
    why: 'These files are written whole from config.yaml, and the edit would be lost.',
    fix: `Look at it with kpi-flow sync --check --diff. Then --force writes it anew, and kpi-flow own ${paths[0] ?? ''} makes it yours.`,
  }),
  E_FILE_EXISTS: ({ path }) => ({
    what: `${path} is there already.`,
    why: 'A file that somebody wrote is never written over.',
    fix: 'Choose another name, or move the file away.',
  }),
  E_FILE_MISSING: ({ path }) => ({
    what: `${path} is not there.`,
    why: 'New lines can only go into a file that is there, and a file that somebody deleted is not made again.',
    fix: 'Take it back from git, or from another KPI repository.',
  }),
  E_FLOW_UNKNOWN: ({ flow, known, suggestion }) => ({
    what: `There is no flow "${flow}".`,
    why: 'A flow is a function with @flow, in a file of the same name in prefect_flows.',
    fix: meant(suggestion, known.length === 0 ? 'There is none yet.' : `There are: ${listSome(known)}.`),
  }),
  E_DEPLOYMENT_EXISTS: ({ name }) => ({
    what: `prefect.yaml has a deployment "${name}" already.`,
    why: 'Two of one name would take turns at overwriting each other on the server.',
    fix: 'Choose another name, or change the one that is there.',
  }),
  E_INPUT_CYCLE: ({ chain }) => ({
    what: `The inputs go round in a circle: ${chain.join(' → ')}.`,
    why: 'A stage runs after its inputs, so it cannot need itself.',
    fix: 'Name another input.',
  }),
  E_FILE_LINK: ({ path }) => ({
    what: `${path} is a symbolic link, or lies behind one that leaves the repository.`,
    why: 'Writing there would change a file somewhere else.',
    fix: 'Put a plain file or folder in its place.',
  }),
  E_FILE_READ_ONLY: ({ path }) => ({
    what: `${path} is read-only.`,
    why: 'It would have to change, and nothing is written when one part cannot be.',
    fix: 'Make it writable, then run the command again.',
  }),
  E_FILE_ENCODING: ({ path }) => ({
    what: `${path} is not UTF-8 text.`,
    why: 'It could not be edited without harm to what it holds.',
    fix: 'Save it as UTF-8.',
  }),
  E_FILE_CHANGED: ({ path }) => ({
    what: `${path} changed while the command was running.`,
    why: 'Writing now would lose that change, so nothing was written.',
    fix: 'Run the command again.',
  }),
  E_RUN_ACTIVE: ({ pid, host, command }) => ({
    what: `Another run is working here: ${command} (pid ${pid} on ${host}).`,
    why: 'Two runs at once would write over each other.',
    fix: 'Wait until it has ended, then run the command again.',
  }),
  E_LOCK_MISSING: ({ folder }) => ({
    what: `${folder} has no .kpi-flow/lock.`,
    why: 'Without it nobody knows which files were edited, so none can be changed safely.',
    fix: 'Take it from git: git checkout HEAD -- .kpi-flow/lock',
  }),
  E_DRIFT: ({ paths }) => ({
    what: `The repository is not what its config.yaml says: ${listSome(paths)}.`,
    why: 'config.yaml or a generated file was changed, and the other did not follow.',
    fix: 'Run kpi-flow sync.',
  }),
  E_NOTHING_TO_UNDO: () => ({
    what: 'There is no run to take back.',
    why: 'None was made here since this copy of the repository exists, or all were taken back.',
    fix: 'See kpi-flow history; for older changes there is git.',
  }),
  E_UNDO_CHANGED: ({ paths }) => ({
    what: `The last run cannot be taken back: ${listSome(paths)} changed since.`,
    why: 'Your change would be lost.',
    fix: 'Take the change back first, or remove the stage with kpi-flow remove.',
  }),
  E_VERSION_OTHER: ({ version, own }) => ({
    what: `The repository was made by create-kpi-flow ${version}, and this is ${own}.`,
    why: 'Two versions may write different text; only an update changes the version.',
    fix: `Run it as: npx create-kpi-flow@${version}`,
  }),
  E_STAGE_UNKNOWN: ({ name, known, suggestion }) => ({
    what: `There is no stage "${name}".`,
    why: 'config.yaml does not name it.',
    fix: meant(suggestion, `The stages are: ${listSome(known)}.`),
  }),
  E_STAGE_USED: ({ name, places, takers }) => ({
    what: `"${name}" is still used: ${listSome(places)}.`,
    why: 'Without it that code would fail.',
    fix: takers.length > 0 ? `Remove first what takes it: ${takers.map((each) => `kpi-flow remove ${each}`).join(', ')}` : 'Take the lines out first; they are yours, so no command does it.',
  }),
  E_PIPELINE_EDITED: ({ name, paths }) => ({
    what: `Somebody edited what belongs to the pipeline "${name}": ${listSome(paths)}.`,
    why: 'Pipeline, flow, tests and deployments only make sense together, and what people wrote is never deleted. Nothing was changed.',
    fix: 'Take what was written out first, or delete the files and the deployments by hand; sync then notes that they are gone.',
  }),
  E_STAGE_REFERRED: ({ name, next, places }) => ({
    what: `Files that somebody edited call "${name}" by its name: ${listSome(places)}.`,
    why: `Under the name "${next}" that code would fail, and what people wrote is not changed without asking.`,
    fix: 'Add --edit-references to have just that name changed there; --dry-run shows it.',
  }),
  E_GENERATOR_UNKNOWN: ({ name, known, suggestion }) => ({
    what: `There is no generator "${name}".`,
    why: 'It decides what is added.',
    fix: meant(suggestion, `The generators are: ${known.join(', ')}.`),
  }),
  E_FILE_UNKNOWN: ({ path }) => ({
    what: `The lock does not know ${path}.`,
    why: 'Only files that a generator made have an owner.',
    fix: 'See kpi-flow status for the files it knows.',
  }),
  E_ANSWERS_UNKNOWN: ({ key, allowed, suggestion }) => ({
    what: `There is no question "${key}".`,
    why: 'An answer that nobody asks for would be lost without a word.',
    fix: meant(suggestion, `The questions are: ${allowed.join(', ')}.`),
  }),
  E_ANSWERS_FORM: ({ key, fault }) => ({
    what: `"${key}" ${answerForms[fault][0]}`,
    why: 'So it is not clear what the answer is.',
    fix: answerForms[fault][1],
  }),
};

/** The first few of a list, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

function numberOf(most: number): string {
  return most === 0 ? 'no argument' : most === 1 ? 'one argument' : `up to ${most} arguments`;
}
