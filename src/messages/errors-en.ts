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
  E_COMMAND_UNKNOWN: ({ command, suggestion }) => ({
    what: `There is no command "${command}".`,
    why: 'The commands are create, doctor and completion.',
    fix: suggestion ? `Did you mean ${suggestion}?` : 'See --help.',
  }),
  E_FLAG_UNKNOWN: ({ flag, suggestion }) => ({
    what: `There is no flag ${flag}.`,
    why: 'A mistyped flag that was ignored could do something you did not want.',
    fix: suggestion ? `Did you mean ${suggestion}?` : 'See --help.',
  }),
  E_FLAG_VALUE_MISSING: ({ flag }) => ({
    what: `The flag ${flag} needs a value.`,
    why: 'Nothing stands after it, or another flag does.',
    fix: `Write it as ${flag}=<value>.`,
  }),
  E_FLAG_VALUE_UNEXPECTED: ({ flag }) => ({
    what: `The flag ${flag} takes no value.`,
    why: 'It is on when it is there.',
    fix: `Write ${flag} alone, or --no-${flag.slice(2)} to turn it off where that exists.`,
  }),
  E_ARGUMENT_EXTRA: ({ argument, swallowed }) => ({
    what: `There is one argument too many: "${argument}".`,
    why: swallowed ? 'npm keeps the flags that stand before -- and passes on only their values.' : 'One argument is taken, the folder.',
    fix: swallowed ? 'Did you forget --? Write: npm create kpi-flow@latest my-kpi -- --name "My KPI"' : 'Put texts with spaces between quotes.',
  }),
  E_ANSWERS_MISSING: ({ flags, example }) => ({
    what: `Nobody can be asked here, and these answers are missing: ${flags.join(', ')}.`,
    why: 'There is no terminal, or this is CI, or --yes was given.',
    fix: `Give them as flags: ${example}`,
  }),
  E_ANSWERS_CLASH: ({ flag, other }) => ({
    what: `${flag} and ${other} say different things.`,
    why: 'Only one of the two can hold.',
    fix: 'Leave one out.',
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
  E_LANGUAGE_NOT_YET: ({ language }) => ({
    what: `Repositories in ${language} cannot be made yet.`,
    why: 'They are on the way; Python is what there is today.',
    fix: 'Use --language python.',
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
    fix: 'Check the network and the index your company uses (pip config list; UV_DEFAULT_INDEX), then run the command again. "kpi-flow doctor" looks at each layer.',
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
    what: `${tool} could not install the Python packages.`,
    why: detail,
    fix: 'Run "kpi-flow doctor" to see which layer blocks, then install again.',
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
    fix: 'Run it again; when it stays so, "kpi-flow doctor" looks at each layer.',
  }),
  E_PREFECT_COMMAND: ({ command, detail }) => ({
    what: `"${command}" failed.`,
    why: detail,
    fix: 'Read the lines above: they are Prefect\'s own.',
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
};

/** The first few of a list, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
