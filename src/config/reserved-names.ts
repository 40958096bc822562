/** Why a name is taken already. */
export type NameOwner =
  | 'keyword'
  | 'softKeyword'
  | 'builtin'
  | 'library'
  | 'repository'
  | 'device'
  | 'sql'
  | 'yaml'
  | 'column'
  | 'period'
  | 'test';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const keywords = words(`
  and as assert async await break class continue def del elif else except finally for from global if import in
  is lambda nonlocal not or pass raise return try while with yield`);

/** Words that are keywords in some places only. */
const softKeywords = words('case match type');

/** Public names of Python's builtins that could be an id. */
const builtins = words(`
  abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright
  credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash
  help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open
  ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple vars
  zip`);

/** Modules of Python's standard library, 3.11 to 3.14, those it dropped on the way too. */
const library = words(`
  abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii
  bisect bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression
  concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal
  difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch
  fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http
  idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma
  mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath
  nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform
  plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri
  random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site
  smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string
  stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test
  textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo
  types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib
  xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`);

/** Folders, modules, packages and arguments of a generated repository, and variables of the tests of its stages. */
const repository = words(`
  artifacts automations backfill by_day by_hour by_month by_quarter by_week by_year clean compare config conftest core
  counted date docs end extractors first flow flows frame frames golden kpi lake last loaders main nothing numpy
  others pa page pandas pc pd pipeline pipelines pl plopfile polars prefect prefect_flows publish pyarrow pydantic
  pytest raw repository ruamel ruff sample secret_blocks settings source sources sqlalchemy src stage stages start
  status steps strict_yaml target task tasks tests texts timedelta today transformers uri url variables window yaml`);

/** What YAML 1.1 takes for a truth value or for nothing when it stands in config.yaml without quotes. */
const yamlWords = words('false n no null off on true y yes');

const devices = words('con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9');

/** Words that a query cannot use as the name of a column without quotes, in one or the other common database. */
const sql = words(`
  accessible add all alter analyse analyze and any array as asc asensitive asymmetric authorization before begin
  between bigint binary blob both by call cascade case cast change char character check collate collation column
  commit concurrently condition constraint convert create cross current current_catalog current_date current_role
  current_schema current_time current_timestamp current_user cursor database databases day_hour day_microsecond
  day_minute day_second dec declare default deferrable delayed delete delete_domain_id desc describe deterministic
  distinct distinctrow div do do_domain_ids double drop dual each else elseif enclosed end escape escaped except exec
  execute exists explain fetch file float4 float8 for force foreign freeze from full fulltext function glob grant
  group having high_priority hour_microsecond hour_minute hour_second identity ignore ignore_domain_ids ilike in
  index infile initially inner inout insensitive insert int1 int2 int3 int4 int8 integer intersect interval into is
  isnull iterate join key keys kill lateral leading leave left like limit linear lines load localtime localtimestamp
  lock long longblob longtext loop low_priority master_demote_to_replica master_demote_to_slave
  master_ssl_verify_server_cert maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second
  mod modifies natural no_write_to_binlog not notnull null numeric of offset on only optimize option optionally or
  order out outer outfile over overlaps page_checksum parse_vcol_expr partition percent placing plan portion
  precision primary procedure public purge read read_write reads real recursive ref_system_id references regexp
  release rename repeat replace require resignal restrict returning revoke right rlike rollback row row_number rows
  schema schemas second_microsecond select sensitive separator session_user set show similar smallint some spatial
  specific sql_big_result sql_buffer_result sql_cache sql_calc_found_rows sql_no_cache sql_small_result sqlexception
  sqlstate sqlwarning starting stats_auto_recalc stats_persistent stats_sample_pages straight_join symmetric table
  tablesample terminated then tinyblob tinyint tinytext to top trailing transaction trigger truncate undo union
  unique unlock unsigned update usage use user using utc_date utc_time utc_timestamp values varbinary varchar
  varcharacter variadic varying verbose view when where window with write xor year_month zerofill`);

/** Columns of the raw records, and what an artifact shows beside a value. */
const columns = words('amount entity_id occurred_at record_id status target');

/** Names of periods: the period is a column of the result. */
const periods = words('day hour month quarter week year');

const scopes: Readonly<Record<Exclude<NameOwner, 'test'>, ReadonlySet<string>>> = {
  keyword: keywords,
  softKeyword: softKeywords,
  device: devices,
  yaml: yamlWords,
  builtin: builtins,
  library,
  repository,
  sql,
  column: columns,
  period: periods,
};

const everywhere = ['keyword', 'device', 'yaml'] as const;
/** A stage becomes a module, a function and an argument. */
const asCode = [...everywhere, 'softKeyword', 'builtin', 'library', 'repository', 'sql', 'column', 'period'] as const;
/** A column is only ever a text in Python, and a bare word in a query. */
const asColumn = [...everywhere, 'sql', 'column'] as const;
/**
 * What stands in a config.yaml has its code already, and its owner may have reasons: only what Python cannot
 * even parse is refused, as the settings module of the repository does.
 */
const asEntry = ['keyword'] as const;

const scopesOf = { code: asCode, column: asColumn, entry: asEntry };

/** What a name is going to be. */
export type NameUse = keyof typeof scopesOf;

/** Who has the name already, if anybody has. */
export function nameOwner(name: string, use: NameUse): NameOwner | undefined {
  // pytest would run an imported function of that name as a test
  if (use === 'code' && name.startsWith('test_')) return 'test';
  return scopesOf[use].find((owner) => scopes[owner].has(name));
}
